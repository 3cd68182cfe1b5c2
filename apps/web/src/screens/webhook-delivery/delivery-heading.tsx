import type { WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { createAsync } from '@solidjs/router'
import RotateCcw from 'lucide-solid/icons/rotate-ccw'
import { createSignal, Show } from 'solid-js'
import { BackLink } from '../../ui/back-link.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { getWebhookEndpoint } from '../webhooks/data.ts'
import { deliveryWords } from '../webhooks/delivery-words.ts'
import { eventTypeWords } from '../webhooks/event-types.ts'
import styles from './delivery-heading.module.css'
import { ReplayDialog } from './replay-dialog.tsx'

/** What it tells of, how it stands, and the same once more. */
export function DeliveryHeading(props: { delivery: WebhookDeliveryDetails }) {
  const endpoint = createAsync(() => getWebhookEndpoint(props.delivery.endpointId))
  const [asked, setAsked] = createSignal(false)
  const words = () => deliveryWords[props.delivery.status]
  return (
    <div class={styles.heading}>
      <BackLink href={`/organization/webhooks/${props.delivery.endpointId}`} label="Deliveries" />
      <Heading
        title={eventTypeWords(props.delivery.eventType)}
        beside={<Badge tone={words().tone}>{words().label}</Badge>}
        action={
          <Button waiting={endpoint()?.status !== 'enabled'} onClick={() => setAsked(true)}>
            <RotateCcw size={16} />
            Replay…
          </Button>
        }
      >
        <Show when={endpoint()}>
          {(known) => (
            <>
              <bdi class={styles.url}>{known().url}</bdi>
              <Show when={known().status === 'disabled'}> · disabled, so nothing can be replayed to it</Show>
            </>
          )}
        </Show>
      </Heading>
      <Show when={asked() && endpoint()}>
        {(known) => <ReplayDialog delivery={props.delivery} url={known().url} onClose={() => setAsked(false)} />}
      </Show>
    </div>
  )
}
