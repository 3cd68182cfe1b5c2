import { causeOf, enqueue, newId, timeOfId, type Tx } from '@lightpress/kernel'
import { and, eq, inArray, or, sql } from 'drizzle-orm'
import { webhookBody, type WebhookEvent } from './event-types.ts'
import { webhookDelivery, webhookEndpoint } from './schema.ts'
import { sendWebhook } from './send-job.ts'

/**
 * Promises a delivery to each endpoint of the organisation that wants to hear of it, together with the transaction. One that
 * we switched off is sent nothing, but its log has what it missed, to be replayed: nobody chose that it should.
 */
export async function announce(tx: Tx, { eventId, type, data }: { eventId: string } & WebhookEvent): Promise<void> {
  const { organizationId } = data
  const endpoints = await tx
    .select({ id: webhookEndpoint.id, status: webhookEndpoint.status })
    .from(webhookEndpoint)
    .where(
      and(
        eq(webhookEndpoint.organizationId, organizationId),
        or(eq(webhookEndpoint.status, 'enabled'), inArray(webhookEndpoint.disabledBecause, ['failing', 'gone'])),
        sql`${type} = any(${webhookEndpoint.eventTypes})`,
      ),
    )
    // One that is being removed is waited for: a row may not point at it.
    .for('key share')
  if (endpoints.length === 0) return
  const body = webhookBody({ type, at: timeOfId(eventId), data })
  // The same for everybody who hears of one event, and for every repetition.
  const messageId = `msg_${eventId}`
  const row = { organizationId, eventId, messageId, eventType: type, body, requestId: causeOf(tx).requestId }
  await tx
    .insert(webhookDelivery)
    .values(endpoints.map(({ id: endpointId, status }) => ({ ...row, id: newId(), endpointId, ...fates[status] })))
    .onConflictDoNothing()
  for (const { id: endpointId, status } of endpoints)
    if (status === 'enabled') await enqueue(tx, sendWebhook, { payload: { endpointId } })
}

const fates = {
  enabled: { nextAttemptAt: sql`now()` },
  disabled: { status: 'cancelled', settledAt: sql`now()` },
} as const
