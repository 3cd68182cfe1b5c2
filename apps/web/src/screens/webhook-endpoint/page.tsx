import type { WebhookEndpoint as Known } from '@lightpress/notifications-contract'
import { createAsync, useParams } from '@solidjs/router'
import { createEffect, Show } from 'solid-js'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { OfOrganization } from '../../account/of-organization.tsx'
import { screen } from '../../screen.ts'
import { None } from '../../ui/none.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Stack } from '../../ui/stack.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { getWebhookDeliveries, getWebhookEndpoint } from '../webhooks/data.ts'
import { Deliveries } from './deliveries.tsx'
import { EndpointHeading } from './endpoint-heading.tsx'
import { EndpointNotes } from './endpoint-notes.tsx'

// What is looked for day by day is the log.
const EndpointSettings = screen(() => import('./endpoint-settings.tsx'), 'EndpointSettings')

const back = { href: '/organization/webhooks', label: 'Webhooks' }

export function WebhookEndpoint() {
  useTitle('Webhook')
  const params = useParams<{ id: string }>()
  return (
    <Region reads={[getOrganizations.key, getActiveId.key, getWebhookEndpoint.key]} heights={[5, 2.25, 4, 4, 4]}>
      <OfOrganization atLeast="admin" what="see and change where its webhooks go">
        {() => <One id={params.id} />}
      </OfOrganization>
    </Region>
  )
}

function One(props: { id: string }) {
  const endpoint = createAsync(() => getWebhookEndpoint(props.id))
  createEffect(() => {
    const known = endpoint()
    if (known) useTitle(new URL(known.url).host)
  })
  return (
    <Show when={endpoint() !== undefined}>
      <Show
        when={endpoint()}
        fallback={
          <None of="Webhook" title="There is no such endpoint" back={back}>
            It was deleted, with its log, or it belongs to another organisation of yours: switch to that one first.
          </None>
        }
      >
        {(known) => <Everything endpoint={known()} />}
      </Show>
    </Show>
  )
}

function Everything(props: { endpoint: Known }) {
  const params = useParams<{ id: string; kind?: string }>()
  const path = () => `/organization/webhooks/${props.endpoint.id}`
  return (
    <Stack>
      <EndpointHeading endpoint={props.endpoint} back={back} />
      <EndpointNotes endpoint={props.endpoint} />
      <Tabs
        label="Endpoint"
        tabs={[
          { href: path(), label: 'Deliveries' },
          { href: `${path()}/settings`, label: 'Settings' },
        ]}
      />
      <Show
        when={params.kind === 'settings'}
        fallback={
          <Region reads={[getWebhookDeliveries.key]} heights={[2.25, 4, 4, 4, 4]}>
            <Deliveries endpoint={props.endpoint} />
          </Region>
        }
      >
        <Region reads={[]} heights={[24, 12]}>
          <EndpointSettings endpoint={props.endpoint} />
        </Region>
      </Show>
    </Stack>
  )
}
