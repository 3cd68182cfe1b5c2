import ChevronRight from 'lucide-solid/icons/chevron-right'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Time } from '../../ui/time.tsx'
import type { Entry } from './data.ts'
import styles from './entry-row.module.css'
import { factsOf, whoOf } from './facts.ts'
import { auditWords } from './words.ts'

/** One line, and behind it all that was recorded. */
export function EntryRow(props: { entry: Entry }) {
  return (
    <li>
      <details>
        <summary class={styles.line}>
          <ChevronRight size={16} class={styles.chevron ?? ''} />
          <span class={styles.words}>
            <span class={styles.what}>
              {auditWords(props.entry.action)}
              <Show when={props.entry.impersonatorId}>
                <Badge tone="danger">Acted as</Badge>
              </Show>
            </span>
            <span class={styles.who}>{whoOf(props.entry, props.entry.people)}</span>
          </span>
          <span class={styles.when}>
            <Time at={props.entry.at} />
          </span>
        </summary>
        <dl class={styles.facts}>
          <For each={factsOf(props.entry, props.entry.people)}>
            {({ term, text, code }) => (
              <div>
                <dt>{term}</dt>
                <dd>{code ? <code>{text}</code> : text}</dd>
              </div>
            )}
          </For>
        </dl>
      </details>
    </li>
  )
}
