import { createAsync } from '@solidjs/router'
import { createMemo, Show } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { keepFocus } from '../../ui/keep-focus.ts'
import { keepStill } from '../../ui/keep-still.ts'
import { createLasting } from '../../ui/lasting.ts'
import { Listing } from '../../ui/listing.tsx'
import { createChanges, createUnderWay } from './changes.ts'
import { getNotifications } from './data.ts'
import { emptyIcons, Nothing } from './empty.tsx'
import type { InboxFilter } from './filter.ts'
import { afterwards } from './guess.ts'
import { NotificationItem } from './item.tsx'
import styles from './page.module.css'

/** A page of it, as it will be when what is under way has been done. */
export function NotificationList(props: { filter: InboxFilter }) {
  const show = () => props.filter.show ?? 'inbox'
  const page = createAsync(() => getNotifications(props.filter))
  const changes = createChanges()
  const underWay = createUnderWay()
  const lookOnly = createLookOnly()
  const rows = createMemo(
    createLasting(
      () => afterwards(page()?.items ?? [], show(), underWay()),
      ({ id }) => id,
    ),
  )
  let list!: HTMLDivElement
  keepStill(() => list, rows)

  return (
    <div
      ref={(element) => {
        list = element
        keepFocus(element)
      }}
      tabIndex={-1}
      class={styles.list}
    >
      <Show when={page()}>
        {(known) => (
          <Listing
            label="Notifications"
            page={{ items: rows(), nextCursor: known().nextCursor }}
            icon={emptyIcons[show()]}
            empty={<Nothing show={show()} category={props.filter.category} />}
          >
            {(item) => <NotificationItem item={item} changes={lookOnly() ? undefined : changes} />}
          </Listing>
        )}
      </Show>
      <Show when={rows().length > 0}>
        <Keys archived={show() === 'archive'} lookOnly={lookOnly()} />
      </Show>
    </div>
  )
}

/** What the keyboard can do on a row, for whoever has one. */
function Keys(props: { archived: boolean; lookOnly: boolean }) {
  return (
    <p class={styles.keys}>
      On a row, <kbd>J</kbd> and <kbd>K</kbd> go down and up
      <Show when={!props.lookOnly}>
        , <kbd>E</kbd> {props.archived ? 'moves it back to the inbox' : 'archives it'}
        <Show when={!props.archived}>
          , <kbd>U</kbd> marks it as read or unread
        </Show>
      </Show>
      .
    </p>
  )
}
