import { action, json } from '@solidjs/router'
import { setUnread } from '../../account/unread.ts'
import { notifications } from '../../api/clients.ts'
import { read, warm } from '../../api/read.ts'

export const getNotifications = read('notifications', (cursor: string | undefined) =>
  notifications.listNotifications({ limit: 25, ...(cursor !== undefined && { cursor }) }),
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
  setUnread((count) => Math.max(0, count - 1))
  try {
    return json(await notifications.markRead({ id }), { revalidate: getNotifications.key })
  } catch (error) {
    setUnread((count) => count + 1)
    throw error
  }
}, 'mark-read')

export const markAllRead = action(async () => {
  setUnread(0)
  try {
    return json(await notifications.markAllRead({}), { revalidate: getNotifications.key })
  } catch (error) {
    setUnread((await notifications.getUnreadCount({})).count)
    throw error
  }
}, 'mark-all-read')
