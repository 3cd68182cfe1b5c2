import { Show } from 'solid-js'
import { unread } from '../../account/unread.ts'
import styles from './bell.module.css'
import { shortCount } from './bell-name.ts'

/** For the eye: the bell's name says it in whole. */
export function BellCount() {
  return (
    <Show when={unread() > 0}>
      <span class={styles.count} aria-hidden="true">
        {shortCount(unread())}
      </span>
    </Show>
  )
}
