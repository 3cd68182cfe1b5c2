import { type JSX, Show } from 'solid-js'
import styles from './heading.module.css'

/** The title of a screen, a sentence under it, and what can be done at its end. */
export function Heading(props: { title: JSX.Element; action?: JSX.Element; children?: JSX.Element }) {
  return (
    <header class={styles.heading}>
      <div class={styles.words}>
        <h1>{props.title}</h1>
        <Show when={props.children}>
          <p>{props.children}</p>
        </Show>
      </div>
      {props.action}
    </header>
  )
}
