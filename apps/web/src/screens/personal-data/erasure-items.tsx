import type { ErasureItem } from '@lightpress/users-contract'
import { createUniqueId, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
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

export interface ErasureItemsProps {
  items: readonly ErasureItem[]
  words: Record<Outcome, OutcomeWords>
  /** 2 where nothing but the name of the screen stands above. */
  level?: 2 | 3
}

/** Counts of what goes and what stays. */
export function ErasureItems(props: ErasureItemsProps) {
  return (
    <For each={groupItems(props.items)}>
      {(group) => <Group {...group} words={props.words[group.outcome]} level={props.level ?? 3} />}
    </For>
  )
}

function Group(props: ReturnType<typeof groupItems>[number] & { words: OutcomeWords; level: 2 | 3 }) {
  const id = createUniqueId()
  return (
    <section class={styles.group} aria-labelledby={id}>
      <div>
        <Dynamic component={props.level === 2 ? 'h2' : 'h3'} id={id} class={styles.title}>
          {props.words.title}
        </Dynamic>
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
