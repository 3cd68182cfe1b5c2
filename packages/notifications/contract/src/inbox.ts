import { command, Page, pageOf, query, raw } from '@lightpress/protocol'
import { z } from 'zod'
import { Category, Notification, UnreadCount } from './shapes.ts'

/** What people do with their inbox. */
export const inboxOperations = {
  listNotifications: query({
    path: '/v1/notifications',
    access: 'user',
    summary: "The person's notifications, newest first: the inbox, what is unread in it, or the archive.",
    input: Page.extend({
      show: z.enum(['inbox', 'unread', 'archive']).default('inbox'),
      category: Category.optional(),
    }),
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
  markUnread: command({
    path: '/v1/notifications/:id/unread',
    access: 'user',
    assurance: 'self',
    summary: 'Marks one as unread. Again is the same as once; one in the archive stays read.',
    input: z.object({ id: z.uuid() }),
    output: Notification,
  }),
  markAllRead: command({
    path: '/v1/notifications/read-all',
    access: 'user',
    assurance: 'self',
    summary: 'Marks all as read that came up to a sequence number, so that what comes meanwhile stays unread.',
    input: z.object({ upTo: z.number().int().min(0).optional() }),
    output: UnreadCount,
  }),
  archiveNotification: command({
    path: '/v1/notifications/:id/archive',
    access: 'user',
    assurance: 'self',
    summary: 'Puts one into the archive, read. Again is the same as once.',
    input: z.object({ id: z.uuid() }),
    output: Notification,
  }),
  restoreNotification: command({
    path: '/v1/notifications/:id/restore',
    access: 'user',
    assurance: 'self',
    summary: 'Takes one out of the archive, as unread where that is asked for. Again is the same as once.',
    input: z.object({ id: z.uuid(), unread: z.boolean().default(false) }),
    output: Notification,
  }),
  streamNotifications: raw({
    method: 'GET',
    path: '/v1/notifications/stream',
    access: 'user',
    summary: 'Server-sent events: `notification` and `unread`. Resumes after `Last-Event-ID`, a sequence number.',
    produces: 'text/event-stream',
  }),
}
