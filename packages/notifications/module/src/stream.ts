import { identityOf, type Db, type RawHttp } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { reader } from './schema.ts'

/** In one process; the tabs of a browser share one. */
const MAX_STREAMS = 20

/** Resumes after `Last-Event-ID`, and starts from now without one. Ends with the session, not with the token. */
export async function streamNotifications({ request, reply }: RawHttp, ctx: NotificationsContext): Promise<undefined> {
  const { userId } = identityOf(ctx)
  const last = await readLastSequence(ctx.db, userId)
  if (ctx.live.streamsOf(userId) >= MAX_STREAMS) {
    throw new AppError(
      'limited',
      'notifications.too_many_streams',
      `No more than ${MAX_STREAMS} streams can be open at once. Close a tab or another program.`,
      { retryAfter: 30 },
    )
  }
  const stream = ctx.openStream({ request, reply })
  const after = Math.min(parseSequence(stream.lastEventId) ?? last, last)
  stream.onClose(ctx.live.follow(userId, { after, send: (event) => stream.send(event) }, ctx))
}

async function readLastSequence(db: Db, userId: string): Promise<number> {
  const [row] = await db.select({ last: reader.lastSequence }).from(reader).where(eq(reader.userId, userId))
  return row?.last ?? 0
}

/** An id that no stream of ours gave counts as none. */
function parseSequence(lastEventId: string | null): number | undefined {
  return lastEventId !== null && /^\d{1,10}$/.test(lastEventId) ? Number(lastEventId) : undefined
}
