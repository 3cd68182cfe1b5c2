import { SecretKey } from '@lightpress/kernel'
import { z } from 'zod'

/** `hello@example.com` or `Lightpress <hello@example.com>`, without anything that could start another header. */
const SENDER = /^(?:[^<>\r\n]+ )?<[^<>@\s]+@[^<>@\s]+>$|^[^<>@\s]+@[^<>@\s]+$/

/** Seconds, comma-separated, fractions allowed; a week at most. */
const Delays = z
  .string()
  .transform((text) => text.split(',').map((item) => (item.trim() === '' ? NaN : Number(item))))
  .pipe(z.array(z.number().min(0).max(604_800)).min(1))

export const config = z.object({
  /** Protects the secrets that webhooks are signed with; the keys of `secrets.ts` are derived from it. */
  SECRETS_ENCRYPTION_KEY: SecretKey,
  RESEND_API_KEY: z.string().meta({ example: 're_123456789', secret: true }),
  /** Where Resend's API is, when it is not Resend's own: the mailbox in development. */
  RESEND_BASE_URL: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({ example: 'http://localhost:4000' }),
  /** Signs what Resend sends to /v1/notifications/webhooks/resend. */
  RESEND_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'must be whsec_ and base64')
    .meta({ example: 'whsec_…', secret: true }),
  /** Requests a second that Resend takes of this account, all processes together. Two, unless it was raised. */
  RESEND_RATE: z.coerce.number().min(0.1).max(10_000).default(2),
  /** The sender of every mail; its domain must be verified at Resend. */
  EMAIL_FROM: z.string().regex(SENDER, 'not a sender').meta({ example: 'Lightpress <hello@example.com>' }),
  /** Where customers' webhooks may go: `local` is also this machine and its network, where PUBLIC_URL is on it. */
  WEBHOOK_TARGETS: z.enum(['public', 'local']).default('public'),
  /** How long after each attempt that failed the next one follows; after the last there is none. About three days. */
  WEBHOOK_RETRIES: Delays.prefault('5,300,1800,7200,18000,36000,50400,72000,86400'),
})

export type Config = z.output<typeof config>
