import { newId } from '@lightpress/kernel'
import type { Input, Output, TrailItem, TrailOperations } from '@lightpress/protocol'

/** What a neighbour knows of a person, as it would answer for it: newest first, from where the last page ended. */
export function trailOf(items: readonly TrailItem[]) {
  return {
    readTrail: ({
      about,
      before,
      limit,
    }: Input<TrailOperations['readTrail']>): Output<TrailOperations['readTrail']> => ({
      items: items
        .filter(({ userId, requestId }) => (about.kind === 'request' ? requestId : userId) === about.id)
        .filter(({ at, id }) => !before || at < before.at || (at === before.at && id < before.id))
        .toSorted((a, b) => (`${a.at} ${a.id}` < `${b.at} ${b.id}` ? 1 : -1))
        .slice(0, limit),
    }),
  }
}

export function happened(module: string, at: string, about: Partial<TrailItem>): TrailItem {
  return {
    id: newId(),
    at,
    module,
    kind: 'audit',
    type: 'thing_done',
    listener: null,
    state: 'done',
    error: null,
    requestId: newId(),
    causeId: null,
    operation: null,
    actorId: null,
    userId: null,
    organizationId: null,
    details: {},
    ...about,
  }
}
