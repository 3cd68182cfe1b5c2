import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { Secrets } from '../secrets.ts'
import type { webhookEndpoint } from './schema.ts'

type Endpoint = Pick<typeof webhookEndpoint.$inferSelect, 'id' | 'sealedSecret' | 'sealedOldSecret' | 'oldSecretUntil'>

/** Standard Webhooks: 192 random bits, as base64, with a prefix that scanners for leaked secrets know. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`
}

/** Sealed for one endpoint: in the row of another it opens nothing. */
export function sealSecret(secret: string, endpointId: string, secrets: Secrets): string {
  return secrets.seal('webhook-secret', secret, endpointId)
}

export function openSecret(sealed: string, endpointId: string, secrets: Secrets): string {
  return secrets.open('webhook-secret', sealed, endpointId)
}

/** What the receiver knows us, and repetitions, by. While a rotation lasts there are two signatures, the new one first. */
export function signedHeaders(
  { messageId, body }: { messageId: string; body: string },
  { id, sealedSecret, sealedOldSecret, oldSecretUntil }: Endpoint,
  { secrets, now }: { secrets: Secrets; now: Date },
): Record<string, string> {
  const overlaps = sealedOldSecret !== null && oldSecretUntil !== null && oldSecretUntil > now
  const signatures = [sealedSecret, ...(overlaps ? [sealedOldSecret] : [])].map((sealed) =>
    new Webhook(openSecret(sealed, id, secrets)).sign(messageId, now, body),
  )
  return {
    'webhook-id': messageId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': signatures.join(' '),
  }
}
