import { enqueue, type Tx } from '@lightpress/kernel'
import { anonymous } from '@lightpress/protocol'
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { nextDelay } from './retries.ts'
import { webhookAttempt, webhookDelivery, webhookEndpoint } from './schema.ts'
import type { Attempt } from './post.ts'
import { sayChanged } from './say-changed.ts'
import { sendWebhook } from './send-job.ts'
import { tellDisabled } from './tell-disabled-job.ts'
import { cancelWaiting, lockTurns, type Delivery } from './turns.ts'

/** An endpoint that took nothing for so long, and was tried so often, is given up. */
const GIVEN_UP = { hours: 72, failures: 10 }

/** Writes down what came of an attempt, and what follows from it: another one, or how the endpoint is from then on. */
export async function settle(
  tx: Tx,
  {
    delivery: { id, organizationId },
    attempt,
    retries,
  }: { delivery: Delivery; attempt: Attempt; retries: readonly number[] },
): Promise<'as before' | 'well' | 'disabled'> {
  await lockTurns(tx, organizationId)
  const [delivery] = await tx.select().from(webhookDelivery).where(eq(webhookDelivery.id, id)).for('update')
  // Removed with its endpoint meanwhile.
  if (!delivery) return 'as before'
  const isDelivered = wasTaken(attempt)
  await logAttempt(tx, { delivery, attempt })
  const attempts = delivery.attempts + 1
  const { retryAfter } = attempt
  const delay = isDelivered ? null : nextDelay({ attempts, retryAfter }, { retries, random: Math.random() })
  // One that was cancelled meanwhile stays so, unless it arrived.
  const goesOn = delivery.status === 'pending' && delay !== null
  const status = isDelivered ? 'delivered' : delivery.status === 'pending' && !goesOn ? 'failed' : delivery.status
  await tx
    .update(webhookDelivery)
    .set({
      status,
      attempts,
      lastStatus: attempt.status,
      lastError: attempt.error,
      sendingSince: null,
      nextAttemptAt: goesOn ? new Date(Date.now() + delay) : null,
      settledAt: goesOn ? null : (delivery.settledAt ?? sql`now()`),
    })
    .where(eq(webhookDelivery.id, id))
  if (goesOn) await enqueue(tx, sendWebhook, { payload: { endpointId: delivery.endpointId }, delay })
  // What a test finds out is no news.
  if (delivery.eventType === 'webhooks.test') return 'as before'
  return isDelivered ? isWell(tx, { delivery, attempt }) : isFailing(tx, { delivery, attempt })
}

/** Any 2xx. */
function wasTaken({ status }: Pick<Attempt, 'status'>): boolean {
  return status !== null && status >= 200 && status < 300
}

async function logAttempt(
  tx: Tx,
  { delivery: { id, attempts }, attempt }: { delivery: Delivery; attempt: Attempt },
): Promise<void> {
  const { at, durationMs, requestHeaders, error } = attempt
  await tx.insert(webhookAttempt).values({
    deliveryId: id,
    number: attempts + 1,
    at,
    durationMs,
    requestHeaders,
    responseStatus: attempt.status,
    responseHeaders: attempt.headers,
    responseBody: attempt.body,
    responseTruncated: attempt.truncated,
    error,
  })
}

interface Attempted {
  delivery: Delivery
  attempt: Attempt
}

/** The endpoint, while it is where it was asked: what its former address answered says nothing of the one that it has now. */
function isAsAsked({ delivery: { endpointId }, attempt: { url } }: Attempted) {
  return and(eq(webhookEndpoint.id, endpointId), eq(webhookEndpoint.url, url))
}

async function isWell(tx: Tx, attempted: Attempted): Promise<'as before' | 'well'> {
  const recovered = await tx
    .update(webhookEndpoint)
    .set({ failingSince: null, failures: 0 })
    .where(and(isAsAsked(attempted), isNotNull(webhookEndpoint.failingSince)))
    .returning({ id: webhookEndpoint.id })
  return recovered.length > 0 ? 'well' : 'as before'
}

/** Gone (410) is an answer, and ends it at once; of everything else one may recover. */
async function isFailing(tx: Tx, attempted: Attempted): Promise<'as before' | 'disabled'> {
  const { id: deliveryId, endpointId, organizationId } = attempted.delivery
  const mine = and(isAsAsked(attempted), eq(webhookEndpoint.status, 'enabled'))
  const [endpoint] = await tx
    .update(webhookEndpoint)
    .set({
      failingSince: sql`coalesce(${webhookEndpoint.failingSince}, now())`,
      failures: sql`${webhookEndpoint.failures} + 1`,
    })
    .where(mine)
    .returning({
      failures: webhookEndpoint.failures,
      isOld: sql<boolean>`${webhookEndpoint.failingSince} <= now() - make_interval(hours => ${GIVEN_UP.hours})`,
    })
  if (!endpoint) return 'as before'
  const isGone = attempted.attempt.status === 410
  if (!isGone && !(endpoint.isOld && endpoint.failures >= GIVEN_UP.failures)) return 'as before'
  await tx
    .update(webhookEndpoint)
    .set({ status: 'disabled', disabledBecause: isGone ? 'gone' : 'failing' })
    .where(mine)
  await cancelWaiting(tx, endpointId)
  await enqueue(tx, tellDisabled, { payload: { endpointId, deliveryId } })
  await sayChanged(tx, { organizationId, endpointId, change: 'disabled' }, { caller: anonymous })
  return 'disabled'
}
