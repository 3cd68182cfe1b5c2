import type { ErasureItem } from '@lightpress/users-contract'
import { createUniqueId, For, Show } from 'solid-js'
import { formats } from '../../ui/formats.ts'
import styles from './erasure-items.module.css'
import { groupItems, type Outcome } from './erasure-words.ts'

export interface OutcomeWords {
  title: string
  lead: string
}

/** What would go, before it does. */
export const willBe: Record<Outcome, OutcomeWords> = {
  cancelled: { title: 'Cancelled first', lead: 'Nothing is charged any more.' },
  deleted: { title: 'Deleted', lead: 'Gone for good.' },
  emptied: { title: 'Emptied', lead: 'The records stay; what says whom they are about is taken out.' },
  kept: { title: 'Kept', lead: 'What must stay, and why.' },
}

/** Counts of what goes and what stays. */
export function ErasureItems(props: { items: readonly ErasureItem[]; words: Record<Outcome, OutcomeWords> }) {
  return <For each={groupItems(props.items)}>{(group) => <Group {...group} words={props.words[group.outcome]} />}</For>
}

function Group(props: ReturnType<typeof groupItems>[number] & { words: OutcomeWords }) {
  const id = createUniqueId()
  return (
    <section class={styles.group} aria-labelledby={id}>
      <div>
        <h3 id={id}>{props.words.title}</h3>
        <p class={styles.lead}>{props.words.lead}</p>
      </div>
      <dl class={styles.lines}>
        <For each={props.lines}>
          {(line) => (
            <div data-explained={line.because === null ? undefined : ''}>
              <dt>{line.name}</dt>
              <dd class={styles.count}>{line.count.toLocaleString(formats().locale)}</dd>
              <Show when={line.because}>
                <dd class={styles.because}>{line.because}</dd>
              </Show>
            </div>
          )}
        </For>
      </dl>
    </section>
  )
}
