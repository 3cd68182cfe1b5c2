import { command, defineContract, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'

export const Notification = z.object({
  id: z.uuid(),
  /** Grows by one for each notification of a person; the stream's event id. */
  sequence: z.number().int(),
  category: z.enum(['account', 'billing', 'security', 'product']),
  title: z.string(),
  body: z.string(),
  /** A path in the product, or null. */
  link: z.string().nullable(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
})
export type Notification = z.infer<typeof Notification>

export const UnreadCount = z.object({ count: z.number().int() })

/** What the stream sends: the name of a server-sent event and the JSON in its data. */
export const streamEvents = { notification: Notification, unread: UnreadCount } as const

export const notifications = defineContract(
  'notifications',
  {
    listNotifications: query({
      path: '/v1/notifications',
      access: 'user',
      summary: "The person's notifications, newest first.",
      input: Page,
      output: pageOf(Notification),
    }),
    getUnreadCount: query({
      path: '/v1/notifications/unread-count',
      access: 'user',
      summary: 'How many are unread.',
      input: z.object({}),
      output: UnreadCount,
    }),
    markRead: command({
      path: '/v1/notifications/:id/read',
      access: 'user',
      assurance: 'self',
      summary: 'Marks one as read. Again is the same as once.',
      input: z.object({ id: z.uuid() }),
      output: Notification,
    }),
    markAllRead: command({
      path: '/v1/notifications/read-all',
      access: 'user',
      assurance: 'self',
      summary: 'Marks all as read.',
      input: z.object({}),
      output: UnreadCount,
    }),
    streamNotifications: raw({
      method: 'GET',
      path: '/v1/notifications/stream',
      access: 'user',
      summary: 'Server-sent events: `notification` and `unread`. Resumes after `Last-Event-ID`, a sequence number.',
      produces: 'text/event-stream',
    }),
  },
  { reasons: ['notifications.not_found', 'notifications.too_many_streams'] },
)
