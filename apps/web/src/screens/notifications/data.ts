import { action, json } from '@solidjs/router'
import { countUnread } from '../../account/data.ts'
import { guessUnread, unread } from '../../account/unread.ts'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { warm } from '../../api/warm.ts'

export const getNotifications = read('notifications', (cursor: string | undefined) =>
  readPage(cursor, (from) => notifications.listNotifications({ limit: 25, ...from })),
)

export function preloadNotifications({
  location,
}: {
  location: { query: Record<string, string | string[] | undefined> }
}) {
  const { cursor } = location.query
  warm(getNotifications(typeof cursor === 'string' ? cursor : undefined))
}

/** Counted down at once; what the server says, or a failure, sets it right. */
export const markRead = action(async (id: string) => {
  const marked = await guessUnread(Math.max(0, unread() - 1), () => notifications.markRead({ id }), countUnread)
  return json(marked, { revalidate: getNotifications.key })
}, 'mark-read')

export const markAllRead = action(async () => {
  const marked = await guessUnread(0, () => notifications.markAllRead({}), countUnread)
  return json(marked, { revalidate: getNotifications.key })
}, 'mark-all-read')
