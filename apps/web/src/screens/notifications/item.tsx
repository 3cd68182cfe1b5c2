import type { Notification } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import Archive from 'lucide-solid/icons/archive'
import ArchiveRestore from 'lucide-solid/icons/archive-restore'
import Check from 'lucide-solid/icons/check'
import CreditCard from 'lucide-solid/icons/credit-card'
import Mail from 'lucide-solid/icons/mail'
import Megaphone from 'lucide-solid/icons/megaphone'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import UserRound from 'lucide-solid/icons/user-round'
import { type Component, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { classOf } from '../../ui/button.tsx'
import { Time } from '../../ui/time.tsx'
import type { createChanges } from './changes.ts'
import styles from './item.module.css'
import { focusRow, neighbourOf, rowAfter, rowBefore, type RowKey, rowKey } from './row-keys.ts'

const icons = { account: UserRound, billing: CreditCard, security: ShieldCheck, product: Megaphone }

export interface NotificationItemProps {
  item: Notification
  /** None for whoever only looks on. */
  changes: ReturnType<typeof createChanges> | undefined
}

export function NotificationItem(props: NotificationItemProps) {
  let row!: HTMLLIElement
  const unread = () => props.item.readAt === null
  const archived = () => props.item.archivedAt !== null
  // As it is now: what is shown changes under way.
  const item = () => ({ ...props.item })

  const open = () => {
    if (unread()) props.changes?.markRead(item())
  }
  /** It may go with that: the keyboard goes on at its neighbour. */
  const leaving = (change: () => void) => {
    const next = row.contains(document.activeElement) ? neighbourOf(row) : null
    change()
    if (!row.isConnected) focusRow(next)
  }
  const toggle = () => leaving(() => (unread() ? props.changes?.markRead(item()) : props.changes?.markUnread(item())))
  const putAway = () => leaving(() => (archived() ? props.changes?.restore(item()) : props.changes?.archive(item())))

  const acts: Record<RowKey, () => void> = {
    next: () => focusRow(rowAfter(row)),
    previous: () => focusRow(rowBefore(row)),
    archive: putAway,
    toggle: () => !archived() && toggle(),
  }
  const press = (event: KeyboardEvent) => {
    const key = rowKey(event)
    if (key === undefined) return
    event.preventDefault()
    acts[key]()
  }

  return (
    <li ref={row} class={styles.item} data-unread={unread() || undefined} onKeyDown={press}>
      <span class={styles.icon}>
        <Dynamic component={icons[props.item.category]} size={16} />
      </span>
      <div class={styles.words}>
        <h2 class={styles.title}>
          <Show when={unread()}>
            <span class="unseen">Unread: </span>
          </Show>
          <Show when={props.item.link} fallback={props.item.title}>
            {(link) => (
              <A href={link()} onClick={open}>
                {props.item.title}
              </A>
            )}
          </Show>
        </h2>
        <p class={styles.body}>{props.item.body}</p>
        <p class={styles.time}>
          <Time at={props.item.createdAt} />
        </p>
      </div>
      <Show when={props.changes}>
        <div class={styles.acts}>
          <Show when={!archived()}>
            <Act
              icon={unread() ? Check : Mail}
              label={`Mark “${props.item.title}” as ${unread() ? 'read' : 'unread'}`}
              title={`Mark as ${unread() ? 'read' : 'unread'}`}
              shortcut="U"
              run={toggle}
            />
          </Show>
          <Act
            icon={archived() ? ArchiveRestore : Archive}
            label={archived() ? `Move “${props.item.title}” back to the inbox` : `Archive “${props.item.title}”`}
            title={archived() ? 'Back to the inbox' : 'Archive'}
            shortcut="E"
            run={putAway}
          />
        </div>
      </Show>
    </li>
  )
}

interface ActProps {
  icon: Component<{ size: number }>
  label: string
  title: string
  shortcut: string
  run: () => void
}

function Act(props: ActProps) {
  return (
    <button
      type="button"
      class={classOf({ variant: 'quiet', size: 'small', square: true })}
      aria-label={props.label}
      aria-keyshortcuts={props.shortcut}
      title={`${props.title} (${props.shortcut})`}
      onClick={() => props.run()}
    >
      <Dynamic component={props.icon} size={16} />
    </button>
  )
}
