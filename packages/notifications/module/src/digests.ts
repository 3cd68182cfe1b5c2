import { exactTime, summarizeError } from '@lightpress/kernel'
import { and, asc, eq, isNull, lte, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { readDigestItems } from './digest-items.ts'
import { queueMessage } from './messages.ts'
import { digest } from './schema.ts'

const BATCH = 500
/** Windows that are closed at the same time. */
const AT_ONCE = 5

/**
 * Closes the windows that are over, each with the promise of its mail: one transaction a person, so that a window is sent
 * once, and nothing in it is lost, wherever this is interrupted and however many run it at a time.
 */
export async function sendDigests(ctx: NotificationsContext): Promise<void> {
  let due = await readDue(ctx)
  while (due.length > 0) {
    for (let start = 0; start < due.length; start += AT_ONCE)
      await Promise.all(due.slice(start, start + AT_ONCE).map((window) => closeOrLeave(window, ctx)))
    due = await readDue(ctx, due.at(-1))
  }
}

/** One that cannot be closed keeps no other open, and is due with the next run as well. */
async function closeOrLeave(window: Window, ctx: NotificationsContext): Promise<void> {
  await close(window, ctx).catch((error: unknown) =>
    ctx.log.error({ digest: window.id, error: summarizeError(error) }, 'a digest could not be made; soon again'),
  )
}

interface Window {
  id: string
  userId: string
  windowEnd: string
}

const isOver = and(isNull(digest.closedAt), lte(digest.windowEnd, sql`now()`))

function readDue({ db }: Pick<NotificationsContext, 'db'>, after?: Window): Promise<Window[]> {
  const rest = after && sql`(${digest.windowEnd}, ${digest.id}) > (${after.windowEnd}, ${after.id})`
  return db
    .select({ id: digest.id, userId: digest.userId, windowEnd: exactTime(digest.windowEnd) })
    .from(digest)
    .where(and(isOver, rest))
    .orderBy(asc(digest.windowEnd), asc(digest.id))
    .limit(BATCH)
}

/** Nothing happens where another process closed it before, or it was moved. Where all was read meanwhile there is no mail. */
function close({ id, userId }: Window, ctx: NotificationsContext): Promise<void> {
  return ctx.withTx(async (tx) => {
    const [mine] = await tx
      .update(digest)
      .set({ closedAt: sql`now()` })
      .where(and(eq(digest.id, id), isOver))
      .returning({ id: digest.id })
    if (!mine) return
    const items = await readDigestItems(tx, { digestId: id, userId })
    if (items.length > 0) await queueMessage(tx, { eventId: id, template: 'digest', userId, data: { digestId: id } })
  })
}
