import { A } from '@solidjs/router'
import { For, type JSX } from 'solid-js'
import styles from './tabs.module.css'

export interface Tab {
  href: string
  label: JSX.Element
}

/** Screens that belong together, beside each other: links, since each has an address. */
export function Tabs(props: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class={styles.tabs} aria-label={props.label}>
      <For each={props.tabs}>
        {({ href, label }) => (
          <A href={href} class={styles.tab}>
            {label}
          </A>
        )}
      </For>
    </nav>
  )
}
