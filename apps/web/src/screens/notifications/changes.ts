import type { Notification } from '@lightpress/notifications-contract'
import { useAction, useSubmissions } from '@solidjs/router'
import { toast, toastFailure } from '../../ui/toast.ts'
import { changeNotification, getNotifications, markAllRead } from './data.ts'
import type { InboxFilter } from './filter.ts'
import type { Change, UnderWay } from './guess.ts'

/** What can be done with a notification, wherever it is shown. A failure is told, and leaves it as it was. */
export function createChanges() {
  const send = useAction(changeNotification)
  const run = (change: Change, was: Pick<Notification, 'readAt'>) => void send(change, was).catch(toastFailure)

  return {
    markRead: (item: Notification) => run({ kind: 'read', id: item.id }, item),
    markUnread: (item: Notification) => run({ kind: 'unread', id: item.id }, item),
    restore: (item: Notification) => run({ kind: 'restore', id: item.id }, item),
    /** Not asked about, since it can be taken back: as it was, unread if it was. */
    archive: ({ id, title, readAt }: Notification) => {
      const undo = () => run({ kind: 'restore', id, unread: readAt === null }, { readAt })
      send({ kind: 'archive', id }, { readAt })
        .then(() => toast({ title: 'Archived', detail: title, undo }))
        .catch(toastFailure)
    },
  }
}

/** Marks as read the newest that is shown, and all before it: what comes meanwhile stays unread. */
export function createMarkAll(filter: () => InboxFilter): () => Promise<void> {
  const mark = useAction(markAllRead)
  return async () => {
    const [newest] = (await getNotifications(filter())).items
    if (newest) await mark(newest.sequence)
  }
}

export function createUnderWay(): () => UnderWay {
  const changing = useSubmissions(changeNotification)
  const marking = useSubmissions(markAllRead)
  return () => ({
    changes: changing.filter(({ pending }) => pending).map(({ input: [change] }) => change),
    readUpTo: marking.filter(({ pending }) => pending).map(({ input: [upTo] }) => upTo),
  })
}
