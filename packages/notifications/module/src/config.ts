import { z } from 'zod'

/** `hello@example.com` or `Lightpress <hello@example.com>`, without anything that could start another header. */
const SENDER = /^(?:[^<>\r\n]+ )?<[^<>@\s]+@[^<>@\s]+>$|^[^<>@\s]+@[^<>@\s]+$/

export const config = z.object({
  RESEND_API_KEY: z.string().meta({ example: 're_123456789' }),
  /** Where Resend's API is, when it is not Resend's own: the mailbox in development. */
  RESEND_BASE_URL: z
    .url()
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .meta({ example: 'http://localhost:4000' }),
  /** The sender of every mail; its domain must be verified at Resend. */
  EMAIL_FROM: z.string().regex(SENDER, 'not a sender').meta({ example: 'Lightpress <hello@example.com>' }),
})

export type Config = z.output<typeof config>
