import { Show } from 'solid-js'
import styles from './error-line.module.css'

/** What went wrong with the thing that a row is about, in the words of whatever it went wrong with. */
export function ErrorLine(props: { error: string | null }) {
  return <Show when={props.error}>{(error) => <span class={styles.error}>{error()}</span>}</Show>
}
