import { enqueue } from '@lightpress/kernel'
import { and, eq, lt, sql } from 'drizzle-orm'
import type { NotificationsContext } from './context.ts'
import { deliver } from './deliver.ts'
import { message } from './schema.ts'

/**
 * Makes a new job for each message that outlived its last one: ten attempts take about eight minutes, an outage may
 * take longer. A message that is older than 23 hours is given up, because the provider forgets its idempotency key
 * after a day: an earlier try that was taken without our knowing would be sent a second time.
 */
export async function deliverAgain({ withTx, log }: NotificationsContext): Promise<void> {
  const stuck = and(eq(message.status, 'pending'), lt(message.queuedAt, sql`now() - interval '15 minutes'`))
  const expired = lt(message.createdAt, sql`now() - interval '23 hours'`)
  const given = await withTx(async (tx) => {
    const error = sql`'Not sent within 23 hours' || coalesce('. ' || ${message.error}, '')`
    const failed = await tx
      .update(message)
      .set({ status: 'failed', error })
      .where(and(stuck, expired))
      .returning({ id: message.id })
    const again = await tx
      .update(message)
      .set({ queuedAt: sql`now()` })
      .where(stuck)
      .returning({ id: message.id })
    for (const { id } of again) await enqueue(tx, deliver, { payload: { messageId: id } })
    return failed.map(({ id }) => id)
  })
  if (given.length > 0) log.error({ messages: given }, 'messages could not be sent within 23 hours and were given up')
}
