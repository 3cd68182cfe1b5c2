import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Fact, Facts } from '../../ui/facts.tsx'
import { FoldedRow } from '../../ui/folded-row.tsx'
import type { Entry } from './data.ts'
import { factsOf, whoOf } from './facts.ts'
import { auditWords } from './words.ts'

/** One line, and behind it all that was recorded. */
export function EntryRow(props: { entry: Entry }) {
  return (
    <FoldedRow
      title={auditWords(props.entry.action)}
      badge={
        <Show when={props.entry.impersonatorId}>
          <Badge tone="danger">Acted as</Badge>
        </Show>
      }
      detail={whoOf(props.entry, props.entry.people)}
      at={props.entry.at}
    >
      <Facts>
        <For each={factsOf(props.entry, props.entry.people)}>
          {({ term, text, code, href }) => {
            const words = code ? <code>{text}</code> : text
            return <Fact term={term}>{href === undefined ? words : <A href={href}>{words}</A>}</Fact>
          }}
        </For>
      </Facts>
    </FoldedRow>
  )
}
