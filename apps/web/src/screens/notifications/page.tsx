import type { Notification } from '@lightpress/notifications-contract'
import { createAsync, useAction, useSearchParams, useSubmissions } from '@solidjs/router'
import CheckCheck from 'lucide-solid/icons/check-check'
import Inbox from 'lucide-solid/icons/inbox'
import { Show } from 'solid-js'
import { unread } from '../../account/unread.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Listing } from '../../ui/listing.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { toastFailure } from '../../ui/toast.ts'
import { getNotifications, markAllRead, markRead } from './data.ts'
import { NotificationItem } from './item.tsx'
import styles from './page.module.css'

export function Notifications() {
  useTitle('Notifications')
  const markAll = useAction(markAllRead)
  return (
    <div class={styles.page}>
      <Heading
        title="Notifications"
        action={
          <Button disabled={unread() === 0} action={() => markAll()}>
            <CheckCheck size={16} />
            Mark all as read
          </Button>
        }
      >
        <span aria-live="polite">{unread() === 0 ? 'You have read everything.' : `${unread()} unread`}</span>
      </Heading>
      <Region reads={[getNotifications.key]} heights={[4.5, 4.5, 4.5]}>
        <List />
      </Region>
    </div>
  )
}

function List() {
  const [search] = useSearchParams<{ cursor: string }>()
  const page = createAsync(() => getNotifications(search.cursor))
  const mark = useAction(markRead)
  const marking = useSubmissions(markRead)
  const markingAll = useSubmissions(markAllRead)
  const isRead = ({ id, readAt }: Notification) =>
    readAt !== null ||
    markingAll.some(({ pending }) => pending) ||
    marking.some(({ pending, input: [marked] }) => pending && marked === id)

  return (
    <Show when={page()}>
      {(known) => (
        <Listing
          label="Notifications"
          page={known()}
          icon={Inbox}
          empty={
            <EmptyState
              icon={Inbox}
              title="Nothing here yet"
              action={<ButtonLink href="/billing">Look at the plans</ButtonLink>}
            >
              Receipts, security notices and news about your organisation arrive here, as they happen.
            </EmptyState>
          }
        >
          {(notification) => (
            <NotificationItem
              notification={notification}
              read={isRead(notification)}
              onRead={() => void mark(notification.id).catch(toastFailure)}
            />
          )}
        </Listing>
      )}
    </Show>
  )
}
