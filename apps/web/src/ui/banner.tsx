import type { Component, JSX } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './banner.module.css'

/** What must not be missed, across the top. */
export function Banner(props: {
  icon: Component<{ size: number }>
  tone: 'info' | 'warning' | 'danger'
  action?: JSX.Element
  children: JSX.Element
}) {
  return (
    <div class={styles.banner} data-tone={props.tone} role="status">
      <Dynamic component={props.icon} size={16} />
      <p>{props.children}</p>
      {props.action}
    </div>
  )
}
