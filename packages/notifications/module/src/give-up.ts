import { and, eq, lt, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { message } from './schema.ts'

/**
 * Ends what could not be sent for 23 hours: the provider forgets its idempotency key after a day, and an earlier try that
 * was taken without our knowing would be sent a second time. Until then its job goes on (`untilDone`).
 */
export async function giveUp({ db, log }: NotificationsContext): Promise<void> {
  const since = sql`now() - interval '23 hours'`
  const error = sql`'Not sent within 23 hours' || coalesce('. ' || ${message.error}, '')`
  const given = await db
    .update(message)
    .set({ status: 'failed', error })
    .where(
      and(
        eq(message.status, 'pending'),
        lt(message.queuedAt, since),
        lt(sql`coalesce(${message.notBefore}, ${message.createdAt})`, since),
      ),
    )
    .returning({ id: message.id })
  if (given.length === 0) return
  const messages = given.map(({ id }) => id)
  log.error({ messages }, 'messages could not be sent within 23 hours and were given up')
}
