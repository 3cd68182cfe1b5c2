import type { WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { capitalized } from '../../ui/in-words.ts'
import { Time } from '../../ui/time.tsx'
import { Fact, Facts, IdFact } from '../../ui/facts.tsx'
import { triesWords } from '../webhooks/delivery-words.ts'

/** Line by line; what does not apply has none. */
export function DeliveryFacts(props: { delivery: WebhookDeliveryDetails }) {
  const to = (id: string) => `/organization/webhooks/${props.delivery.endpointId}/deliveries/${id}`
  return (
    <Facts>
      <Fact term="Event type">
        <code>{props.delivery.eventType}</code>
      </Fact>
      <IdFact term="Message id" id={props.delivery.messageId} />
      <Fact term="Made">
        <Time at={props.delivery.createdAt} />
      </Fact>
      <Fact term="So far">{capitalized(triesWords(props.delivery))}</Fact>
      <Show when={props.delivery.status === 'pending' && props.delivery.nextAttemptAt}>
        {(at) => (
          <Fact term="Next attempt">
            <Time at={at()} />
          </Fact>
        )}
      </Show>
      <Show when={props.delivery.settledAt}>
        {(at) => (
          <Fact term={settled[props.delivery.status]}>
            <Time at={at()} />
          </Fact>
        )}
      </Show>
      <Show when={props.delivery.replayOf}>
        {(id) => (
          <Fact term="Replay of">
            <A href={to(id())}>an earlier delivery</A>
          </Fact>
        )}
      </Show>
      <Show when={props.delivery.replays.length > 0}>
        <Fact term="Replayed">
          <For each={props.delivery.replays}>
            {(id, index) => (
              <A href={to(id)}>{props.delivery.replays.length === 1 ? 'once' : `the ${ordinal(index() + 1)} time`}</A>
            )}
          </For>
        </Fact>
      </Show>
    </Facts>
  )
}

const settled: Record<WebhookDeliveryDetails['status'], string> = {
  pending: 'Settled',
  delivered: 'Taken',
  failed: 'Given up',
  cancelled: 'Cancelled',
}

const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' })

function ordinal(number: number): string {
  return `${number}${endings[ordinals.select(number)] ?? 'th'}`
}
