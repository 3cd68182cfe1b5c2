import type { Component, JSX } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './states.module.css'

/** Nothing here yet: what the place is for, and the one thing that fills it. */
export function EmptyState(props: {
  icon: Component<{ size: number }>
  title: string
  children: JSX.Element
  action?: JSX.Element
}) {
  return (
    <div class={styles.state}>
      <span class={styles.icon}>
        <Dynamic component={props.icon} size={20} />
      </span>
      <h2>{props.title}</h2>
      <p>{props.children}</p>
      {props.action}
    </div>
  )
}

/** An address of a page whose rows are gone, or that is cut off; the pager leads back. */
export function EmptyPage(props: { icon: Component<{ size: number }> }) {
  return (
    <EmptyState icon={props.icon} title="Nothing on this page">
      What stood here is gone, or the address is not whole. Go on from the first page.
    </EmptyState>
  )
}
