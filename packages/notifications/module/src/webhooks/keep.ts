import { firstIdAt } from '@lightpress/kernel'
import { and, eq, inArray, isNull, lt, sql } from 'drizzle-orm'
import { inBatches } from '../batches.ts'
import type { NotificationsContext } from '../context.ts'
import { forgetByHand } from './by-hand.ts'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import { passLostTurns } from './turns.ts'

/** Milliseconds for which a delivery stands in the log. */
const KEPT = 30 * 24 * 60 * 60_000

/** Finds what nobody would send any more, every minute. */
export async function sendLostWebhooks({ db, withTx }: NotificationsContext): Promise<void> {
  await withTx(passLostTurns)
  // Whoever waited for the answer of a test is gone, with the process that sent it.
  const isLostTest = and(
    eq(webhookDelivery.status, 'pending'),
    isNull(webhookDelivery.nextAttemptAt),
    lt(webhookDelivery.createdAt, sql`now() - interval '1 minute'`),
  )
  await db
    .update(webhookDelivery)
    .set({ status: 'failed', lastError: 'It was interrupted.', sendingSince: null, settledAt: sql`now()` })
    .where(isLostTest)
  // Promised in the moment in which the endpoint was switched off.
  const off = db.select({ id: webhookEndpoint.id }).from(webhookEndpoint).where(eq(webhookEndpoint.status, 'disabled'))
  const isLeftOver = and(
    eq(webhookDelivery.status, 'pending'),
    lt(webhookDelivery.nextAttemptAt, sql`now()`),
    inArray(webhookDelivery.endpointId, off),
  )
  await db
    .update(webhookDelivery)
    .set({ status: 'cancelled', nextAttemptAt: null, settledAt: sql`now()` })
    .where(isLeftOver)
}

/** The log goes back 30 days, old secrets as long as they sign, and counts as long as they count. */
export async function forgetWebhooks({ db }: NotificationsContext): Promise<void> {
  await forgetByHand({ db })
  await db
    .update(webhookEndpoint)
    .set({ sealedOldSecret: null, oldSecretUntil: null })
    .where(lt(webhookEndpoint.oldSecretUntil, sql`now()`))
  const first = firstIdAt(new Date(Date.now() - KEPT))
  await inBatches(async (limit) => {
    const old = db
      .select({ id: webhookDelivery.id })
      .from(webhookDelivery)
      .where(lt(webhookDelivery.id, first))
      .limit(limit)
    const { rowCount } = await db.delete(webhookDelivery).where(inArray(webhookDelivery.id, old))
    return rowCount ?? 0
  })
}
