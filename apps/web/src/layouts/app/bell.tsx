import Icon from 'lucide-solid/icons/bell'
import { Show } from 'solid-js'
import { unread } from '../../account/unread.ts'
import { ButtonLink } from '../../ui/button.tsx'
import styles from './bell.module.css'
import { bellName } from './bell-name.ts'

/** On a phone: goes to the notifications and counts the unread ones, live. */
export function Bell() {
  return (
    <ButtonLink href="/notifications" variant="quiet" square class={styles.bell ?? ''} aria-label={bellName(unread())}>
      <Icon size={16} />
      <Show when={unread() > 0}>
        <span class={styles.count} aria-hidden="true">
          {unread() > 99 ? '99+' : unread()}
        </span>
      </Show>
    </ButtonLink>
  )
}
