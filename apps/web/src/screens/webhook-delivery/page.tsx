import type { WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { createAsync, useParams } from '@solidjs/router'
import { createEffect, createMemo, onCleanup, Show } from 'solid-js'
import { readAgain } from '../../api/read-again.ts'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { OfOrganization } from '../../account/of-organization.tsx'
import { whileVisible } from '../../live/while-visible.ts'
import { Card } from '../../ui/card.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { None } from '../../ui/none.tsx'
import { getWebhookDelivery, getWebhookEndpoint } from '../webhooks/data.ts'
import { lookAgainAfter, readable } from '../webhooks/delivery-words.ts'
import { eventTypeWords } from '../webhooks/event-types.ts'
import { Attempts } from './attempts.tsx'
import { DeliveryFacts } from './delivery-facts.tsx'
import { DeliveryHeading } from './delivery-heading.tsx'

export function WebhookDelivery() {
  useTitle('Delivery')
  const params = useParams<{ id: string; item: string }>()
  return (
    <Region
      reads={[getOrganizations.key, getActiveId.key, getWebhookDelivery.key, getWebhookEndpoint.key]}
      heights={[5, 12, 12, 12]}
    >
      <OfOrganization atLeast="admin" what="see what is sent to its webhooks">
        {() => <One id={params.item} endpointId={params.id} />}
      </OfOrganization>
    </Region>
  )
}

function One(props: { id: string; endpointId: string }) {
  const delivery = createAsync(() => getWebhookDelivery(props.id))
  createEffect(() => {
    const known = delivery()
    if (known) useTitle(eventTypeWords(known.eventType))
  })
  // While something is still to come, and somebody looks on.
  const again = createMemo(() => {
    const known = delivery()
    return known ? lookAgainAfter(known, Date.now()) : undefined
  })
  const look = () => readAgain(getWebhookDelivery, props.id).catch(() => undefined)
  createEffect(() => {
    const milliseconds = again()
    if (milliseconds !== undefined) onCleanup(whileVisible(milliseconds, () => void look()))
  })
  return (
    <Show when={delivery() !== undefined}>
      <Show
        when={delivery()}
        fallback={
          <None
            of="Delivery"
            title="There is no such delivery"
            back={{ href: `/organization/webhooks/${props.endpointId}`, label: 'All deliveries' }}
          >
            Deliveries are kept for thirty days, and go with their endpoint.
          </None>
        }
      >
        {(known) => <Everything delivery={known()} />}
      </Show>
    </Show>
  )
}

function Everything(props: { delivery: WebhookDeliveryDetails }) {
  return (
    <Settings>
      <DeliveryHeading delivery={props.delivery} />
      <SettingsGroup title="Delivery" lead="What became of it so far.">
        <Card>
          <DeliveryFacts delivery={props.delivery} />
        </Card>
      </SettingsGroup>
      <SettingsGroup title="Attempts" lead="The latest first: what we sent, and what was answered.">
        <Attempts delivery={props.delivery} />
      </SettingsGroup>
      <SettingsGroup title="Body" lead="The same in each attempt, and in each replay.">
        <Card>
          <CodeBlock
            title="What we send"
            what="body"
            code={readable(props.delivery.requestBody)}
            exact={props.delivery.requestBody}
            hint="Set in lines to be read. What is copied is what was sent, to the byte: that is what is signed."
          />
        </Card>
      </SettingsGroup>
    </Settings>
  )
}
