import type { JSX } from 'solid-js'
import styles from './stack.module.css'

/** The parts of a screen, under each other. */
export function Stack(props: { children: JSX.Element }) {
  return <div class={styles.stack}>{props.children}</div>
}
