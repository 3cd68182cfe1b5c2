import { type Component, type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './rows.module.css'

/** A list in a card: an icon or a picture, what it is, what more there is to know, and what can be done with it. */
export function Rows(props: { label: string; children: JSX.Element }) {
  return (
    <ul class={styles.rows} aria-label={props.label}>
      {props.children}
    </ul>
  )
}

export interface RowProps {
  icon?: Component<{ size: number }>
  /** In place of the icon: an `Avatar`. */
  picture?: JSX.Element
  tone?: 'neutral' | 'warning'
  title: JSX.Element
  badge?: JSX.Element
  action?: JSX.Element
  /** For whoever is described by what more there is to know. */
  detailId?: string
  children?: JSX.Element
}

export function Row(props: RowProps) {
  return (
    <li class={styles.row}>
      <Show when={props.icon} fallback={props.picture}>
        {(icon) => (
          <span class={styles.icon} data-tone={props.tone}>
            <Dynamic component={icon()} size={16} />
          </span>
        )}
      </Show>
      <div class={styles.words}>
        <p class={styles.title}>
          {props.title}
          <Show when={props.badge}>{props.badge}</Show>
        </p>
        <p id={props.detailId} class={styles.detail}>
          {props.children}
        </p>
      </div>
      <div class={styles.actions}>{props.action}</div>
    </li>
  )
}

/** One thing more of what there is to know, after the others. */
export function Part(props: { children: JSX.Element }) {
  return <> · {props.children}</>
}
