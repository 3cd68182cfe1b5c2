import { decodeCursor, mergeTrails, pageFrom } from '@lightpress/kernel'
import type { notifications } from '@lightpress/notifications-contract'
import { AppError, type Input, type Output, type TrailSubject } from '@lightpress/protocol'
import { z } from 'zod'
import { askModules } from './ask-modules.ts'
import type { NotificationsContext } from './context.ts'

type ReadTimeline = (typeof notifications)['operations']['adminReadTimeline']

const Key = z.tuple([z.iso.datetime(), z.string()])

/** What every module knows of somebody, or of what came of a request, as one. */
export async function adminReadTimeline(
  { limit, cursor, ...whom }: Input<ReadTimeline>,
  ctx: NotificationsContext,
): Promise<Output<ReadTimeline>> {
  const about = subjectOf(whom)
  const key = decodeCursor(cursor, Key)
  const before = key ? { at: key[0], id: key[1] } : null
  const page = { about, before, limit: limit + 1 }
  const { answers, missing } = await askModules((module) => ctx.calls[module].readTrail(page), ctx)
  const trails = answers.map(({ answer }) => answer.items)
  return { ...pageFrom(mergeTrails(trails, limit + 1), limit, ({ at, id }) => [at, id]), missing }
}

function subjectOf({ userId, organizationId, requestId }: Omit<Input<ReadTimeline>, 'limit' | 'cursor'>): TrailSubject {
  const named: TrailSubject[] = [
    ...(userId === undefined ? [] : [{ kind: 'person' as const, id: userId }]),
    ...(organizationId === undefined ? [] : [{ kind: 'organization' as const, id: organizationId }]),
    ...(requestId === undefined ? [] : [{ kind: 'request' as const, id: requestId }]),
  ]
  const [subject] = named
  if (subject && named.length === 1) return subject
  throw new AppError(
    'invalid',
    'notifications.timeline_of_nobody',
    'Say whose timeline it is: a person’s, an organisation’s or a request’s, and only one of them.',
  )
}
