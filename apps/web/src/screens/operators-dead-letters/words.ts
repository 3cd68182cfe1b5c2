import type { TrailItem } from '@lightpress/protocol'
import { idOf } from '../operators-timeline/group.ts'
import type { Letter } from './data.ts'

type Named = Pick<Letter, 'id' | 'listener'>

/** Tells one letter from another: an event to several listeners is several. */
export function letterKey({ id, listener }: Named): string {
  return `${id} ${listener}`
}

/** The question before it is done. */
export function replayWords(count: number | 'all', module: string): string {
  if (count === 'all') return `Replay all dead letters of ${module}?`
  return count === 1 ? 'Replay this dead letter?' : `Replay ${count} dead letters?`
}

/** What a timeline says of a letter; undefined where it does not say. */
export function stateIn(items: readonly TrailItem[], { id, listener }: Named): TrailItem['state'] | undefined {
  return items.find((item) => idOf(item) === id && item.listener === listener)?.state
}

/** Whether anything more is to come of it by itself. */
export function isSettled(state: TrailItem['state'] | undefined): boolean {
  return state !== undefined && state !== 'pending' && state !== 'published'
}
