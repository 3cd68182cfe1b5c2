import { command, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { Category } from './shapes.ts'

/** What may come of news: at once, gathered in a digest, or nothing. */
export const EmailMode = z.enum(['off', 'instant', 'digest'])
export type EmailMode = z.infer<typeof EmailMode>
export const InboxMode = z.enum(['off', 'instant'])
export type InboxMode = z.infer<typeof InboxMode>

const Channels = z.object({ inbox: InboxMode, email: EmailMode })

/** `HH:MM` of a day, 00:00 to 23:59, where the person is. */
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:00')

/**
 * E-mail waits while it is quiet. Security notices do not, nor does what was asked for, nor a digest, whose hour was chosen
 * as well. From later than to: over midnight.
 */
export const QuietHours = z
  .object({ from: TimeOfDay, to: TimeOfDay })
  .refine(({ from, to }) => from !== to, { error: 'must end at another time than they begin', path: ['to'] })
export type QuietHours = z.infer<typeof QuietHours>

export const DigestPlan = z.object({
  frequency: z.enum(['daily', 'weekly']),
  /** The hour at which it is sent, where the person is, in quiet hours as well. */
  hour: z.number().int().min(0).max(23),
  /** ISO 8601: 1 is Monday. Counts for weekly ones. */
  weekday: z.number().int().min(1).max(7),
})
export type DigestPlan = z.infer<typeof DigestPlan>

const Changes = Channels.partial()

/** What is left out stays as it is: somebody may have changed it meanwhile, by a link in a mail or on another device. */
export const PreferenceChanges = z.object({
  /** The categories that are not locked. */
  categories: z.object({ account: Changes, billing: Changes, product: Changes }).partial().default({}),
  quietHours: QuietHours.nullable().optional(),
  digest: DigestPlan.optional(),
})

export const Preferences = z.object({
  categories: z.array(Channels.extend({ category: Category, locked: z.boolean() })),
  quietHours: QuietHours.nullable(),
  digest: DigestPlan,
  /** Of the IANA database: the profile's, where it is changed. */
  timeZone: z.string(),
  /** When the next digest is due, if there is something in it by then; null where no category has digests. */
  nextDigestAt: z.iso.datetime().nullable(),
  /** Why nothing is sent to the person's address, where that is so. */
  suppressed: z.object({ reason: z.enum(['bounced', 'complained']), at: z.iso.datetime() }).nullable(),
})
export type Preferences = z.infer<typeof Preferences>

/**
 * What a link in a mail would switch off: a category of e-mail, or digests, whatever is in them. `address` is shortened
 * (`a…@example.com`).
 */
export const Unsubscribe = z.object({
  category: z.enum([...Category.options, 'digest']),
  channel: z.literal('email'),
  address: z.string(),
})

const token = z.string().min(1).max(500)

export const preferenceOperations = {
  getPreferences: query({
    path: '/v1/notifications/preferences',
    access: 'user',
    summary: 'What the person wants to hear of, and how.',
    input: z.object({}),
    output: Preferences,
  }),
  updatePreferences: command({
    method: 'PATCH',
    path: '/v1/notifications/preferences',
    access: 'user',
    assurance: 'self',
    summary: 'Changes what the person wants to hear of, and how. What is left out stays as it is.',
    input: PreferenceChanges,
    output: Preferences,
  }),
  /** RFC 8058: mail programs post `List-Unsubscribe=One-Click` as a form, without cookies; our page posts JSON. */
  unsubscribe: raw({
    method: 'POST',
    path: '/v1/notifications/unsubscribe',
    access: 'public',
    summary:
      'Switches one category of e-mail off, or on again (`undo`), for whom the token was made. Needs no sign-in.',
    takes: ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'],
    input: z.object({ token, undo: z.boolean().optional() }),
    output: Unsubscribe,
  }),
  openUnsubscribe: raw({
    method: 'GET',
    path: '/v1/notifications/unsubscribe',
    access: 'public',
    summary: 'Leads who opens the link of a mail program in a browser to the page that asks. Changes nothing.',
    status: 302,
    input: z.object({ token }),
    produces: 'text/html',
  }),
  readUnsubscribe: command({
    path: '/v1/notifications/unsubscribe/preview',
    access: 'public',
    summary: 'What a token would switch off. Changes nothing.',
    input: z.object({ token }),
    output: Unsubscribe.extend({ off: z.boolean() }),
  }),
  restoreAddress: command({
    path: '/v1/notifications/preferences/restore-address',
    access: 'user',
    assurance: 'self',
    summary: "Sends mail to the person's address again after it bounced. Not after a complaint: that is for support.",
    input: z.object({}),
    output: Preferences,
  }),
  resendWebhook: raw({
    method: 'POST',
    path: '/v1/notifications/webhooks/resend',
    access: 'signed',
    summary: 'What Resend says of mails: delivered, bounced, complained. Signed as Standard Webhooks (Svix).',
    bytes: true,
    output: z.object({ received: z.literal(true) }),
  }),
}

export const preferenceReasons = [
  'notifications.person_gone',
  'notifications.unsubscribe_token_invalid',
  'notifications.address_complained',
  'notifications.webhook_signature_invalid',
] as const
