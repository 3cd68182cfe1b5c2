import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { type State, stateWords } from './states.ts'

/** Only what is out of the ordinary is marked, so that it is seen. */
export function StateBadge(props: { state: State }) {
  return (
    <Show when={props.state !== 'active'}>
      <Badge tone={stateWords[props.state].tone}>{stateWords[props.state].label}</Badge>
    </Show>
  )
}
