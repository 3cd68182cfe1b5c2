import type { WebhookDelivery } from '@lightpress/notifications-contract'
import Ban from 'lucide-solid/icons/ban'
import Check from 'lucide-solid/icons/check'
import Clock from 'lucide-solid/icons/clock'
import X from 'lucide-solid/icons/x'
import { Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Part, Row } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { deliveryWords, triesWords } from '../webhooks/delivery-words.ts'
import { eventTypeWords } from '../webhooks/event-types.ts'

const icons = { pending: Clock, delivered: Check, failed: X, cancelled: Ban }

/** One delivery: what of, how it stands, and the way to all of it. */
export function DeliveryRow(props: { delivery: WebhookDelivery }) {
  const words = () => deliveryWords[props.delivery.status]
  return (
    <Row
      icon={icons[props.delivery.status]}
      title={
        <>
          <Truncate
            text={eventTypeWords(props.delivery.eventType)}
            href={`/organization/webhooks/${props.delivery.endpointId}/deliveries/${props.delivery.id}`}
          />
          <Badge tone={words().tone}>{words().label}</Badge>
          <Show when={props.delivery.replayOf}>
            <Badge>Replay</Badge>
          </Show>
        </>
      }
    >
      <code>{props.delivery.eventType}</code>
      <Part>
        <Time at={props.delivery.createdAt} />
      </Part>
      <Part>{triesWords(props.delivery)}</Part>
      <Show when={props.delivery.status === 'pending' && props.delivery.nextAttemptAt}>
        {(at) => (
          <Part>
            next attempt <Time at={at()} />
          </Part>
        )}
      </Show>
    </Row>
  )
}
