import { useParams } from '@solidjs/router'
import { type Component, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { screen } from './screen.ts'

/** The screens of an organisation, apart from the routes: whoever is only at the door does not load their names. */
const WebhookEndpoint = screen(() => import('./screens/webhook-endpoint/page.tsx'), 'WebhookEndpoint')
const screens = new Map<string, Component>([
  ['', screen(() => import('./screens/organization/page.tsx'), 'Organization')],
  ['members', screen(() => import('./screens/members/page.tsx'), 'Members')],
  ['invitations', screen(() => import('./screens/invitations/page.tsx'), 'Invitations')],
  ['activity', screen(() => import('./screens/organization-activity/page.tsx'), 'OrganizationActivity')],
  ['webhooks', screen(() => import('./screens/webhooks/page.tsx'), 'Webhooks')],
  ['webhooks/:id', WebhookEndpoint],
  ['webhooks/:id/settings', WebhookEndpoint],
  ['webhooks/:id/deliveries/:item', screen(() => import('./screens/webhook-delivery/page.tsx'), 'WebhookDelivery')],
])

const NoSuchPage = screen(() => import('./screens/not-found/part.tsx'), 'NoSuchPart')

export function OrganizationScreens() {
  const params = useParams<{ part?: string; id?: string; kind?: string; item?: string }>()
  const path = () => [params.part, params.id && ':id', params.kind, params.item && ':item'].filter(Boolean).join('/')
  return (
    <Show when={screens.get(path())} fallback={<NoSuchPage />}>
      {(one) => <Dynamic component={one()} />}
    </Show>
  )
}
