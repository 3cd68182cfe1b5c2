import ChevronRight from 'lucide-solid/icons/chevron-right'
import { type JSX, untrack } from 'solid-js'
import styles from './folded-row.module.css'
import { Time } from './time.tsx'

export interface FoldedRowProps {
  /** Before the line, and no part of it: a box to tick. */
  before?: JSX.Element
  title: JSX.Element
  badge: JSX.Element
  /** Under the title. */
  detail: JSX.Element
  at: string
  /** Unfolded from the start. */
  open?: boolean
  /** What is seen once it is unfolded. */
  children: JSX.Element
}

/** A row of `Rows`: one line, and behind it the rest. */
export function FoldedRow(props: FoldedRowProps) {
  return (
    <li class={styles.item}>
      {props.before}
      <details class={styles.row} open={untrack(() => props.open)}>
        <summary class={styles.line}>
          <ChevronRight size={16} class={styles.chevron ?? ''} />
          <span class={styles.words}>
            <span class={styles.title}>
              {props.title}
              {props.badge}
            </span>
            <span class={styles.detail}>{props.detail}</span>
          </span>
          <span class={styles.when}>
            <Time at={props.at} />
          </span>
        </summary>
        <div class={styles.more}>{props.children}</div>
      </details>
    </li>
  )
}
