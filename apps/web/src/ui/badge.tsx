import type { JSX } from 'solid-js'
import styles from './badge.module.css'

export interface BadgeProps {
  tone?: 'neutral' | 'accent' | 'success' | 'warning' | 'danger' | 'info'
  children: JSX.Element
}

export function Badge(props: BadgeProps) {
  return (
    <span class={styles.badge} data-tone={props.tone ?? 'neutral'}>
      {props.children}
    </span>
  )
}
