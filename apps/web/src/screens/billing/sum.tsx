import type { Money as Amount } from '@lightpress/billing-contract/money'
import { For, type JSX } from 'solid-js'
import { Money } from '../../ui/money.tsx'
import styles from './sum.module.css'

export interface SumProps {
  lines: readonly { description: JSX.Element; amount: Amount }[]
  /** What the sum is called. */
  total: string
  amount: Amount
  /** What else there is to say. */
  children?: JSX.Element
}

/** A bill: lines, and under them the sum that counts. */
export function Sum(props: SumProps) {
  return (
    <div class={styles.sum}>
      <dl>
        <For each={props.lines}>
          {(line) => (
            <div>
              <dt>{line.description}</dt>
              <dd>
                <Money of={line.amount} />
              </dd>
            </div>
          )}
        </For>
        <div class={styles.total}>
          <dt>{props.total}</dt>
          <dd>
            <Money of={props.amount} />
          </dd>
        </div>
      </dl>
      {props.children}
    </div>
  )
}
