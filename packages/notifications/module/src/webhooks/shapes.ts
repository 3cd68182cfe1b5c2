import type { WebhookAttempt, WebhookDelivery, WebhookEndpoint } from '@lightpress/notifications-contract'
import type { webhookAttempt } from './schema.ts'
import type { Delivery, Endpoint } from './turns.ts'

// Rows as the contract has them.

export function toEndpoint(row: Endpoint, now: Date): WebhookEndpoint {
  const { id, url, description, eventTypes, status, disabledBecause, failingSince, oldSecretUntil, createdAt } = row
  const overlaps = oldSecretUntil !== null && oldSecretUntil > now
  return {
    id,
    url,
    description,
    eventTypes,
    status,
    disabledBecause,
    failingSince: failingSince?.toISOString() ?? null,
    oldSecretUntil: overlaps ? oldSecretUntil.toISOString() : null,
    createdAt: createdAt.toISOString(),
  }
}

export function toDelivery(row: Delivery): WebhookDelivery {
  const { id, endpointId, messageId, eventType, status, attempts, lastStatus, replayOf } = row
  return {
    id,
    endpointId,
    messageId,
    eventType,
    status,
    attempts,
    lastStatus,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    replayOf,
    createdAt: row.createdAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
  }
}

export function toAttempt(row: typeof webhookAttempt.$inferSelect): WebhookAttempt {
  const { deliveryId: _, at, ...attempt } = row
  return { ...attempt, at: at.toISOString() }
}
