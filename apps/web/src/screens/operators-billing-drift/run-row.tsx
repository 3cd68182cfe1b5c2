import type { Reconciliation } from '@lightpress/billing-contract'
import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { FoldedRow } from '../../ui/folded-row.tsx'
import { Differences } from '../operators-billing/differences.tsx'
import { comparedWords, foundWords, runState } from './runs.ts'

type Drift = Reconciliation['drifts'][number]

/** One line, and behind it what differed. */
export function RunRow(props: { run: Reconciliation }) {
  const state = () => runState(props.run)
  return (
    <FoldedRow
      title={comparedWords(props.run)}
      badge={<Badge tone={state().tone}>{state().label}</Badge>}
      detail={foundWords(props.run)}
      at={props.run.startedAt}
    >
      <Show when={props.run.drifts.length > 0} fallback={<p>{nothingWords(props.run)}</p>}>
        <Differences of={props.run.drifts} more={(drift) => <About drift={drift} />} />
        <Show when={props.run.driftCount > props.run.drifts.length}>
          <p>
            And {props.run.driftCount - props.run.drifts.length} more: the first {props.run.drifts.length} are shown.
          </p>
        </Show>
      </Show>
    </FoldedRow>
  )
}

function About(props: { drift: Drift }) {
  return (
    <>
      <Badge tone={props.drift.repairedAt === null ? 'danger' : 'success'}>
        {props.drift.repairedAt === null ? 'Not repaired' : 'Repaired'}
      </Badge>
      <Show when={props.drift.organizationId}>
        {(id) => <A href={`/operators/subscriptions/${id()}`}>its subscription</A>}
      </Show>
    </>
  )
}

function nothingWords({ state }: Reconciliation): string {
  return state === 'finished'
    ? 'Everything here says what the provider says.'
    : 'Nothing that differs was found so far.'
}
