import { Resend, type ErrorResponse } from 'resend'
import type { Config } from './config.ts'
import { MESSAGE_TAG, parseMailEvent, type MailEvent, type SignedWebhook } from './resend-events.ts'

export interface OutgoingMail {
  to: string
  subject: string
  html: string
  text: string
  headers?: Readonly<Record<string, string>>
}

export type Outcome =
  | { status: 'sent'; providerId: string | null }
  /**
   * The provider will never take this message, or may at another try. `retryAfter`: milliseconds for which it wants none
   * from us at all, this one or another.
   */
  | { status: 'failed' | 'pending'; error: string; retryAfter?: number }

export interface Mailer {
  /** The same key, a message's id, is the same mail: it is sent once, within a day. */
  send(mail: OutgoingMail, options: { idempotencyKey: string; signal: AbortSignal }): Promise<Outcome>
  /** What a webhook tells, once it is known to come from Resend; throws `notifications.webhook_signature_invalid`. */
  parseWebhook(webhook: SignedWebhook): MailEvent
  /** Why an address stands on the provider's own list; null where it does not, or our key may not read that. */
  readSuppression(address: string): Promise<'bounce' | 'complaint' | 'manual' | null>
  /** Takes an address off the provider's own list of those it sends nothing to. False when it did not. */
  unsuppress(address: string): Promise<boolean>
}

export function createMailer({ RESEND_API_KEY, RESEND_BASE_URL, RESEND_WEBHOOK_SECRET, EMAIL_FROM }: Config): Mailer {
  const resend = new Resend(RESEND_API_KEY, RESEND_BASE_URL === undefined ? {} : { baseUrl: RESEND_BASE_URL })
  // RFC 3834 5: nobody's holiday note should answer.
  const always = { 'Auto-Submitted': 'auto-generated' }
  return {
    async send(mail, options) {
      const headers = { ...mail.headers, ...always }
      // Webhooks bring the tag back, so they find the message even before we know the provider's id of it.
      const tags = [{ name: MESSAGE_TAG, value: options.idempotencyKey }]
      const sent = await resend.emails.send({ ...mail, from: EMAIL_FROM, headers, tags }, options)
      return sent.error ? judge(sent.error, sent.headers ?? {}) : { status: 'sent', providerId: sent.data.id }
    },
    parseWebhook: ({ body, id, timestamp, signature }) =>
      parseMailEvent(id, () =>
        resend.webhooks.verify({
          payload: body.toString('utf8'),
          headers: { id, timestamp, signature },
          webhookSecret: RESEND_WEBHOOK_SECRET,
        }),
      ),
    async readSuppression(address) {
      const { data } = await resend.suppressions.get(address)
      return data?.origin ?? null
    },
    async unsuppress(address) {
      const { error } = await resend.suppressions.remove(address)
      return error === null || error.statusCode === 404
    },
  }
}

/**
 * A request that the provider finds wrong will be wrong again. Anything else may pass: the network (no status), its
 * limits and faults, and what is about our account and not about this message (401, 403): put right, it can be sent.
 */
function judge({ name, statusCode, message }: ErrorResponse, headers: Record<string, string>): Outcome {
  // The key was used with other words: an earlier try was sent, and somebody was renamed since.
  if (name === 'invalid_idempotent_request') return { status: 'sent', providerId: null }
  const error = `${name}: ${message}`
  const status = statusCode ?? 0
  const passing = status < 400 || status >= 500 || [401, 403, 408, 409, 429].includes(status)
  if (!passing) return { status: 'failed', error }
  const refused = {
    status: 'pending' as const,
    error: `Resend did not take the message (${status || 'no answer'}, ${error})`,
  }
  if (status !== 429) return refused
  const isUsedUp = name.endsWith('quota_exceeded')
  return { ...refused, retryAfter: isUsedUp ? QUOTA_PAUSE : readRetryAfter(headers) }
}

/** Milliseconds. What a day or a month allows is used up: there is nothing to gain by asking each second. */
const QUOTA_PAUSE = 15 * 60_000

/** Milliseconds, of seconds or a date (RFC 9110 10.2.3), else until Resend's window ends, else one of its windows. */
function readRetryAfter(headers: Record<string, string>): number {
  const said = headers['retry-after'] ?? headers['ratelimit-reset'] ?? ''
  const milliseconds = /^\d+(\.\d+)?$/.test(said.trim()) ? Number(said) * 1_000 : Date.parse(said) - Date.now()
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 1_000
}
