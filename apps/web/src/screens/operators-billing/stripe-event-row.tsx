import type { StripeEvent } from '@lightpress/billing-contract'
import { A, useAction } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import Webhook from 'lucide-solid/icons/webhook'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Part, Row } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { replayStripeEvent } from './data.ts'
import { canReplay, delayWords, eventOutcomes, ignoredWords } from './event-words.ts'

/** One thing that the provider told: what, when, what became of it, and that once more. */
export function StripeEventRow(props: { event: StripeEvent; linked?: boolean }) {
  const replay = useAction(replayStripeEvent)
  const outcome = () => eventOutcomes[props.event.outcome]
  const again = async () => {
    const { event } = await replay(props.event.id)
    toast({ title: event.outcome === 'read' ? 'It was read once more' : 'It will be read once more in a moment' })
  }
  return (
    <Row
      icon={Webhook}
      title={<code>{props.event.type}</code>}
      badge={<Badge tone={outcome().tone}>{outcome().label}</Badge>}
      action={
        <Show when={canReplay(props.event)}>
          <Button size="small" aria-label={`Replay ${props.event.type} (${props.event.id})`} action={again}>
            <RotateCcw size={16} />
            Replay
          </Button>
        </Show>
      }
    >
      <Time at={props.event.receivedAt} />, {delayWords(props.event)}
      <Show when={props.event.ignoredBecause}>{(because) => <Part>{ignoredWords[because()]}</Part>}</Show>
      <Show when={props.linked && props.event.organizationId}>
        {(id) => (
          <Part>
            <A href={`/operators/subscriptions/${id()}`}>its subscription</A>
          </Part>
        )}
      </Show>
      <Part>
        <code>{props.event.id}</code>
      </Part>
    </Row>
  )
}
