import { createUniqueId, type JSX } from 'solid-js'
import { keepFocus } from './keep-focus.ts'
import styles from './settings.module.css'

/** A screen of settings: groups under each other. */
export function Settings(props: { children: JSX.Element }) {
  return <div class={styles.settings}>{props.children}</div>
}

export interface SettingsGroupProps {
  title: string
  lead: JSX.Element
  /** Not to be seen for a while; what was typed in it stays. */
  hidden?: boolean
  children: JSX.Element
}

/** What it is about, and beside it (on a phone below) what can be set. */
export function SettingsGroup(props: SettingsGroupProps) {
  const id = createUniqueId()
  return (
    <section ref={keepFocus} tabIndex={-1} class={styles.group} hidden={props.hidden} aria-labelledby={id}>
      <div>
        <h2 id={id}>{props.title}</h2>
        <p class={styles.lead}>{props.lead}</p>
      </div>
      <div class={styles.content}>{props.children}</div>
    </section>
  )
}

/** What can be done with it, at its end. */
export function Actions(props: { children: JSX.Element }) {
  return <div class={styles.actions}>{props.children}</div>
}
