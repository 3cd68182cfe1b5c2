import type { Erasure } from '@lightpress/users-contract'
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { FoldedRow } from '../../ui/folded-row.tsx'
import { Time } from '../../ui/time.tsx'
import { ErasureItems, type OutcomeWords } from '../personal-data/erasure-items.tsx'
import type { Outcome } from '../personal-data/erasure-words.ts'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'

/** What went. */
const was: Record<Outcome, OutcomeWords> = {
  cancelled: { title: 'Cancelled', lead: 'Ended at somebody else’s, before anything was deleted.' },
  deleted: { title: 'Deleted', lead: 'Gone for good.' },
  emptied: { title: 'Emptied', lead: 'The records stay; what said whom they are about was taken out.' },
  kept: { title: 'Kept', lead: 'What must stay, and why.' },
}

const subjects: Record<Erasure['subject']['kind'], string> = { person: 'Account', organization: 'Organisation' }

/** One line, and behind it the receipt. */
export function ErasureRow(props: { erasure: Erasure }) {
  const byThemself = () => props.erasure.requestedBy === props.erasure.subject.id
  return (
    <FoldedRow
      title={subjects[props.erasure.subject.kind]}
      badge={
        <Show when={props.erasure.state === 'running'} fallback={<Badge tone="success">Done</Badge>}>
          <Badge tone="info">Under way</Badge>
        </Show>
      }
      detail={<code>{props.erasure.subject.id}</code>}
      at={props.erasure.requestedAt}
    >
      <Facts>
        <IdFact id={props.erasure.subject.id} />
        <Fact term="Asked for">
          <Time at={props.erasure.requestedAt} />
          <Show when={!byThemself()} fallback="by themself">
            <span>
              by{' '}
              <A href={`/operators/users/${props.erasure.requestedBy}`}>
                <code>{props.erasure.requestedBy}</code>
              </A>
            </span>
          </Show>
        </Fact>
        <Show when={props.erasure.finishedAt}>
          {(at) => (
            <Fact term="Finished">
              <Time at={at()} />
            </Fact>
          )}
        </Show>
      </Facts>
      <Show
        when={props.erasure.items.length > 0}
        fallback={
          <p>{props.erasure.state === 'running' ? 'Nothing is counted yet.' : 'There was nothing to erase.'}</p>
        }
      >
        <ErasureItems level={2} items={props.erasure.items} words={was} />
      </Show>
    </FoldedRow>
  )
}
