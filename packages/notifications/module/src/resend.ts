import { Resend, type ErrorResponse } from 'resend'
import type { Config } from './config.ts'

export interface OutgoingMail {
  to: string
  subject: string
  html: string
  text: string
}

export type Outcome =
  | { status: 'sent'; providerId: string | null }
  /** The provider will never take this message, or may at another try. */
  | { status: 'failed' | 'pending'; error: string }

export interface Mailer {
  /** The same key is the same mail: it is sent once, within a day. */
  send(mail: OutgoingMail, options: { idempotencyKey: string; signal: AbortSignal }): Promise<Outcome>
}

export function createMailer({ RESEND_API_KEY, RESEND_BASE_URL, EMAIL_FROM }: Config): Mailer {
  const resend = new Resend(RESEND_API_KEY, RESEND_BASE_URL === undefined ? {} : { baseUrl: RESEND_BASE_URL })
  // RFC 3834 5: nobody's holiday note should answer.
  const headers = { 'Auto-Submitted': 'auto-generated' }
  return {
    async send(mail, options) {
      const { data, error } = await resend.emails.send({ ...mail, from: EMAIL_FROM, headers }, options)
      return error ? judge(error) : { status: 'sent', providerId: data.id }
    },
  }
}

/**
 * A request that the provider finds wrong will be wrong again. Anything else may pass: the network (no status), its
 * limits and faults, and what is about our account and not about this message (401, 403): put right, it can be sent.
 */
function judge({ name, statusCode, message }: ErrorResponse): Outcome {
  // The key was used with other words: an earlier try was sent, and somebody was renamed since.
  if (name === 'invalid_idempotent_request') return { status: 'sent', providerId: null }
  const error = `${name}: ${message}`
  const status = statusCode ?? 0
  const passing = status < 400 || status >= 500 || [401, 403, 408, 409, 429].includes(status)
  if (!passing) return { status: 'failed', error }
  return { status: 'pending', error: `Resend did not take the message (${status || 'no answer'}, ${error})` }
}
