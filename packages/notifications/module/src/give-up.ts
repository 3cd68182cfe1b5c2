import { and, eq, gt, inArray, lt, or, sql, type SQL } from 'drizzle-orm'
import { inBatches } from './batches.ts'
import type { NotificationsContext } from './context.ts'
import { message } from './schema.ts'

/**
 * The provider forgets an idempotency key after a day, and a try that was taken without our knowing would be sent a second
 * time. What was never tried can wait: for a worker that is away, or a provider that is too busy. Four weeks, because after
 * thirty days the log forgets what a notice says.
 */
const isTooLate = or(
  // Before a first try was written down, it was at the earliest when the message was made.
  and(
    gt(message.attempts, 0),
    lt(sql`coalesce(${message.firstTriedAt}, ${message.createdAt})`, sql`now() - interval '23 hours'`),
  ),
  and(eq(message.attempts, 0), lt(message.createdAt, sql`now() - interval '28 days'`)),
) as SQL

export const isInTime = sql`not ${isTooLate}`

/** Ends what is too late to be sent. Until then its job goes on (`untilDone`). */
export async function giveUp(ctx: NotificationsContext): Promise<void> {
  const waiting = and(eq(message.status, 'pending'), isTooLate)
  await inBatches((limit) => {
    const some = ctx.db.select({ id: message.id }).from(message).where(waiting).limit(limit)
    return endIfTooLate(inArray(message.id, some), ctx)
  })
}

/** Gives how many they were. */
export async function endIfTooLate(which: SQL, { db, log }: Pick<NotificationsContext, 'db' | 'log'>): Promise<number> {
  const within = sql`case when ${message.attempts} > 0 then '23 hours' else 'four weeks' end`
  const error = sql`'Not sent within ' || ${within} || coalesce('. ' || ${message.error}, '')`
  const ended = await db
    .update(message)
    .set({ status: 'failed', error })
    .where(and(which, eq(message.status, 'pending'), isTooLate))
    .returning({ id: message.id })
  if (ended.length > 0) {
    const some = ended.slice(0, 10).map(({ id }) => id)
    log.error({ count: ended.length, some }, 'messages could not be sent in time and were given up')
  }
  return ended.length
}
