import type { JSX } from 'solid-js'
import styles from './list-tools.module.css'

/** What narrows a list down, in a line above it: a `SearchField`, `FilterSelect`s, `FilterDay`s. */
export function ListTools(props: { label: string; children: JSX.Element }) {
  return (
    <div role="search" class={styles.tools} aria-label={props.label}>
      {props.children}
    </div>
  )
}
