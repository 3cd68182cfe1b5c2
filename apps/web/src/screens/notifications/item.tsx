import type { Notification } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import Check from 'lucide-solid/icons/check'
import CreditCard from 'lucide-solid/icons/credit-card'
import Megaphone from 'lucide-solid/icons/megaphone'
import ShieldCheck from 'lucide-solid/icons/shield-check'
import UserRound from 'lucide-solid/icons/user-round'
import { Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { classOf } from '../../ui/button.tsx'
import { Time } from '../../ui/time.tsx'
import styles from './item.module.css'

const icons = { account: UserRound, billing: CreditCard, security: ShieldCheck, product: Megaphone }

export function NotificationItem(props: { notification: Notification; read: boolean; onRead: () => void }) {
  const open = () => {
    if (!props.read) props.onRead()
  }
  return (
    <li class={styles.item} data-unread={!props.read || undefined}>
      <span class={styles.icon}>
        <Dynamic component={icons[props.notification.category]} size={16} />
      </span>
      <div class={styles.words}>
        <h2 class={styles.title}>
          <Show when={!props.read}>
            <span class="unseen">Unread: </span>
          </Show>
          <Show when={props.notification.link} fallback={props.notification.title}>
            {(link) => (
              <A href={link()} onClick={open}>
                {props.notification.title}
              </A>
            )}
          </Show>
        </h2>
        <p class={styles.body}>{props.notification.body}</p>
        <p class={styles.time}>
          <Time at={props.notification.createdAt} />
        </p>
      </div>
      <Show when={!props.read}>
        <button
          type="button"
          class={classOf({ variant: 'quiet', size: 'small', square: true })}
          aria-label={`Mark “${props.notification.title}” as read`}
          title="Mark as read"
          onClick={() => props.onRead()}
        >
          <Check size={16} />
        </button>
      </Show>
    </li>
  )
}
