import { type JSX, Show, splitProps } from 'solid-js'
import styles from './card.module.css'

export interface CardProps extends JSX.HTMLAttributes<HTMLElement> {
  title?: string
  /** Under the title, in one sentence. */
  lead?: JSX.Element
  /** At the head's end. */
  action?: JSX.Element
}

export function Card(props: CardProps) {
  const [own, rest] = splitProps(props, ['title', 'lead', 'action', 'children'])
  return (
    <section {...rest} class={`${styles.card} ${rest.class ?? ''}`}>
      <Show when={own.title}>
        <header class={styles.head}>
          <div>
            <h2>{own.title}</h2>
            <Show when={own.lead}>
              <p class={styles.lead}>{own.lead}</p>
            </Show>
          </div>
          {own.action}
        </header>
      </Show>
      {own.children}
    </section>
  )
}
