import { AppError } from '@lightpress/protocol'
import { z } from 'zod'

/** The tag of a mail that says which message of ours it is. */
export const MESSAGE_TAG = 'message_id'

/** As it came: the signature is over these bytes. */
export interface SignedWebhook {
  body: Buffer
  id: string
  timestamp: string
  signature: string
}

/** What the provider tells of a mail. */
export interface MailEvent {
  /** The same however often it is told. */
  id: string
  type: string
  messageId: string | null
  /** Its own id of the mail. */
  providerId: string | null
  at: Date
  /** Null for what says nothing to us. */
  outcome: 'delivered' | 'bounced' | 'complained' | 'failed' | null
  /** Nothing will arrive there any more, or nobody wants it to: the address is not written to again. */
  isFinal: boolean
  /** The provider's words, which may repeat the address. */
  detail: string
}

const OUTCOMES: Record<string, NonNullable<MailEvent['outcome']>> = {
  'email.delivered': 'delivered',
  'email.bounced': 'bounced',
  // It stands on the provider's own list, of an earlier bounce or complaint.
  'email.suppressed': 'bounced',
  'email.complained': 'complained',
  'email.failed': 'failed',
}

const Words = z.object({ message: z.string().optional(), type: z.string().optional() })

const Told = z.object({
  type: z.string(),
  created_at: z.string().optional(),
  data: z
    .object({
      email_id: z.string().optional(),
      tags: z.record(z.string(), z.string()).optional().catch(undefined),
      bounce: Words.optional(),
      suppressed: Words.optional(),
      failed: z.object({ reason: z.string().optional() }).optional(),
    })
    .optional()
    .catch(undefined),
})

/** `verify` gives the payload, or throws when its signature is not the provider's or older than five minutes. */
export function parseMailEvent(id: string, verify: () => unknown): MailEvent {
  const { type, created_at, data } = Told.catch({ type: 'unreadable' }).parse(verified(verify))
  const tag = z.uuid().safeParse(data?.tags?.[MESSAGE_TAG])
  const time = new Date(created_at ?? '')
  const outcome = OUTCOMES[type] ?? null
  const detail = data?.bounce?.message ?? data?.suppressed?.message ?? data?.failed?.reason ?? type
  return {
    id,
    type: type.slice(0, 100),
    messageId: tag.data ?? null,
    providerId: data?.email_id ?? null,
    at: Number.isNaN(time.getTime()) ? new Date() : time,
    outcome,
    // A full mailbox, or one that is away, may take the next mail.
    isFinal:
      outcome === 'complained' ||
      type === 'email.suppressed' ||
      (outcome === 'bounced' && data?.bounce?.type === 'Permanent'),
    detail: detail.slice(0, 500),
  }
}

function verified(verify: () => unknown): unknown {
  try {
    return verify()
  } catch (cause) {
    throw new AppError(
      'unauthenticated',
      'notifications.webhook_signature_invalid',
      'This does not carry a signature of ours, or one that is too old. Check RESEND_WEBHOOK_SECRET and the clock.',
      { cause },
    )
  }
}
