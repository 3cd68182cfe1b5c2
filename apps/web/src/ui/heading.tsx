import { type JSX, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import styles from './heading.module.css'

export interface HeadingProps {
  title: JSX.Element
  /** 2 where the screen has a name besides, which stands whatever is still loading. */
  level?: 1 | 2
  /** Close to the title, since it is about the title. */
  beside?: JSX.Element
  action?: JSX.Element
  children?: JSX.Element
}

/** The title of a screen, a sentence under it, and what can be done at its end. */
export function Heading(props: HeadingProps) {
  return (
    <header class={styles.heading}>
      <div class={styles.words}>
        <div class={styles.line}>
          <Dynamic component={props.level === 2 ? 'h2' : 'h1'} class={styles.title}>
            {props.title}
          </Dynamic>
          {props.beside}
        </div>
        <Show when={props.children}>
          <p>{props.children}</p>
        </Show>
      </div>
      {props.action}
    </header>
  )
}
