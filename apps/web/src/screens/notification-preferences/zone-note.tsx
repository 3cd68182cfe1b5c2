import { A } from '@solidjs/router'
import styles from './page.module.css'

/** Whose clock it is. */
export function ZoneNote(props: { timeZone: string }) {
  return (
    <p class={styles.muted}>
      By the clock of {props.timeZone.replaceAll('_', ' ')}, the time zone of <A href="/profile">your profile</A>.
    </p>
  )
}
