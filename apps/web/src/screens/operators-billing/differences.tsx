import type { Drift } from '@lightpress/billing-contract'
import { For, type JSX, Show } from 'solid-js'
import styles from './differences.module.css'
import { driftWords } from './drift-words.ts'

export type Difference = Pick<Drift, 'what' | 'stripeId' | 'ours' | 'theirs'>

/** What the copy said, and what the provider says. */
export function Differences<D extends Difference>(props: { of: readonly D[]; more?: (difference: D) => JSX.Element }) {
  return (
    <ul class={styles.list}>
      <For each={props.of}>
        {(difference) => (
          <li>
            <div class={styles.what}>
              {driftWords(difference.what)}
              {props.more?.(difference)}
            </div>
            <dl class={styles.sides}>
              <Side term="Of" value={difference.stripeId} />
              <Side term="Ours" value={difference.ours} />
              <Side term="Theirs" value={difference.theirs} />
            </dl>
          </li>
        )}
      </For>
    </ul>
  )
}

function Side(props: { term: string; value: string | null }) {
  return (
    <div>
      <dt>{props.term}</dt>
      <dd>
        <Show when={props.value !== null} fallback="nothing">
          <code>{props.value}</code>
        </Show>
      </dd>
    </div>
  )
}
