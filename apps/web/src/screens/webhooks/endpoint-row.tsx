import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import Webhook from 'lucide-solid/icons/webhook'
import { Show } from 'solid-js'
import { Part, Row } from '../../ui/rows.tsx'
import { Time } from '../../ui/time.tsx'
import { Truncate } from '../../ui/truncate.tsx'
import { EndpointBadge } from './endpoint-badge.tsx'
import { eventTypes } from './event-types.ts'

export function EndpointRow(props: { endpoint: WebhookEndpoint }) {
  const count = () => props.endpoint.eventTypes.length
  return (
    <Row
      icon={Webhook}
      {...(props.endpoint.failingSince !== null && { tone: 'warning' as const })}
      title={
        <>
          <Truncate text={props.endpoint.url} href={`/organization/webhooks/${props.endpoint.id}`} />
          <EndpointBadge endpoint={props.endpoint} />
        </>
      }
    >
      <Show when={props.endpoint.description}>{(description) => <bdi>{description()} · </bdi>}</Show>
      {count() === eventTypes.length ? 'all event types' : `${count()} of ${eventTypes.length} event types`}
      <Show when={props.endpoint.failingSince}>
        {(at) => (
          <Part>
            first failure <Time at={at()} />
          </Part>
        )}
      </Show>
    </Row>
  )
}
