import { enqueue, newId, requestIdOf, type Tx } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { timeOfEvent, webhookBody, type WebhookEvent } from './event-types.ts'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import { sendWebhook } from './send-job.ts'

/** Promises a delivery to each endpoint of the organisation that wants to hear of it, together with the transaction. */
export async function announce(tx: Tx, { eventId, type, data }: { eventId: string } & WebhookEvent): Promise<void> {
  const { organizationId } = data
  const endpoints = await tx
    .select({ id: webhookEndpoint.id })
    .from(webhookEndpoint)
    .where(
      and(
        eq(webhookEndpoint.organizationId, organizationId),
        eq(webhookEndpoint.status, 'enabled'),
        sql`${type} = any(${webhookEndpoint.eventTypes})`,
      ),
    )
    // One that is being removed is waited for: a row may not point at it.
    .for('key share')
  if (endpoints.length === 0) return
  const body = webhookBody({ type, at: timeOfEvent(eventId), data })
  const messageId = messageIdOf(eventId)
  const row = { organizationId, eventId, messageId, eventType: type, body, requestId: requestIdOf(tx) }
  await tx
    .insert(webhookDelivery)
    .values(endpoints.map(({ id: endpointId }) => ({ ...row, id: newId(), endpointId, nextAttemptAt: sql`now()` })))
    .onConflictDoNothing()
  for (const { id: endpointId } of endpoints) await enqueue(tx, sendWebhook, { payload: { endpointId } })
}

/** `webhook-id`: the same for everybody who hears of one event, and for every repetition. */
export function messageIdOf(eventId: string): string {
  return `msg_${eventId}`
}
