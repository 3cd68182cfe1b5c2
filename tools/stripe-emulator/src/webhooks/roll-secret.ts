import { newId } from '../ids.ts'
import type { EndpointRecord } from '../state/state.ts'

/** Stripe lets the old secret live on for a day at most: https://docs.stripe.com/webhooks#roll-endpoint-secrets */
export const longestOverlap = 86_400

/** Gives the endpoint a new secret; for so many seconds the old one signs as well. */
export function rollSecret(record: EndpointRecord, overlap: number): string {
  const now = Date.now()
  record.rolled = record.rolled.filter(({ until }) => until > now)
  if (overlap > 0) record.rolled.push({ secret: record.secret, until: now + overlap * 1000 })
  record.secret = newId('whsec')
  return record.secret
}
