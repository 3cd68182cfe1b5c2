import { z } from 'zod'

/** What news is about. A person chooses for each category what comes of it, and how; security cannot be switched off. */
export const Category = z.enum(['security', 'account', 'billing', 'product'])
export type Category = z.infer<typeof Category>

export const Notification = z.object({
  id: z.uuid(),
  /** Grows by one for each notification of a person; the stream's event id. */
  sequence: z.number().int(),
  category: Category,
  title: z.string(),
  body: z.string(),
  /** A path in the product, or null. */
  link: z.string().nullable(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
  /** Archived ones are read, and stand in the archive alone. */
  archivedAt: z.iso.datetime().nullable(),
})
export type Notification = z.infer<typeof Notification>

export const UnreadCount = z.object({ count: z.number().int() })

/** What the stream sends: the name of a server-sent event and the JSON in its data. */
export const streamEvents = { notification: Notification, unread: UnreadCount } as const
