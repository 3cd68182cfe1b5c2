import type { Notification } from '@lightpress/notifications-contract'
import { action, json } from '@solidjs/router'
import { countUnread } from '../../account/data.ts'
import { guessUnread, unread } from '../../account/unread.ts'
import { notifications } from '../../api/notifications.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import type { InboxFilter } from './filter.ts'
import { type Change, unreadBy } from './guess.ts'

export const getNotifications = read('notifications', ({ cursor, ...filter }: InboxFilter) =>
  readPage(cursor, (from) => notifications.listNotifications({ limit: 25, ...filter, ...from })),
)

/** Counted at once; what the server says, or a failure, sets it right. */
export const changeNotification = action(async (change: Change, was: Pick<Notification, 'readAt'>) => {
  const guess = Math.max(0, unread() + unreadBy(was, change))
  const changed = await guessUnread(guess, () => send(change), countUnread)
  return json(changed, { revalidate: getNotifications.key })
}, 'change-notification')

/** All up to the newest that was shown: what comes meanwhile stays unread. */
export const markAllRead = action(async (upTo: number) => {
  const marked = await guessUnread(0, () => notifications.markAllRead({ upTo }), countUnread)
  return json(marked, { revalidate: getNotifications.key })
}, 'mark-all-read')

async function send(change: Change): Promise<Notification> {
  const { id } = change
  switch (change.kind) {
    case 'read':
      return notifications.markRead({ id })
    case 'unread':
      return notifications.markUnread({ id })
    case 'archive':
      return notifications.archiveNotification({ id })
    case 'restore':
      return notifications.restoreNotification({ id, unread: change.unread ?? false })
  }
}
