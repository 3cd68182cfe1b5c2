import { useParams } from '@solidjs/router'
import { type Component, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { screen } from './screen.ts'
import { NoSuchPart } from './screens/not-found/part.tsx'

/** The operators' screens. They are told apart here and not among the routes, so that nobody else carries their names. */
const screens = new Map<string, Component>([
  ['users', screen(() => import('./screens/operators-users/page.tsx'), 'OperatorUsers')],
  ['users/:id', screen(() => import('./screens/operators-users/user.tsx'), 'OperatorUser')],
  ['organizations', screen(() => import('./screens/operators-organizations/page.tsx'), 'OperatorOrganizations')],
  [
    'organizations/:id',
    screen(() => import('./screens/operators-organizations/organization.tsx'), 'OperatorOrganization'),
  ],
  ['subscriptions', screen(() => import('./screens/operators-billing/page.tsx'), 'Subscriptions')],
  ['subscriptions/:id', screen(() => import('./screens/operators-billing/account.tsx'), 'OperatorSubscription')],
  ['drift', screen(() => import('./screens/operators-billing-drift/page.tsx'), 'Drift')],
  ['webhooks', screen(() => import('./screens/operators-billing-webhooks/page.tsx'), 'Webhooks')],
  ['erasures', screen(() => import('./screens/operators-erasures/page.tsx'), 'Erasures')],
  ['messages', screen(() => import('./screens/operators-messages/page.tsx'), 'Messages')],
  ['suppressions', screen(() => import('./screens/operators-suppressions/page.tsx'), 'Suppressions')],
  ['timeline', screen(() => import('./screens/operators-timeline/page.tsx'), 'Timeline')],
  ['queues', screen(() => import('./screens/operators-queues/page.tsx'), 'Queues')],
  ['dead-letters', screen(() => import('./screens/operators-dead-letters/page.tsx'), 'DeadLetters')],
  ['audit', screen(() => import('./screens/operators-audit/page.tsx'), 'AuditLog')],
  ['act-as', screen(() => import('./screens/act-as/page.tsx'), 'ActAs')],
])

export function Operators() {
  const params = useParams<{ noun: string; id: string }>()
  const found = () => screens.get(params.id === undefined ? params.noun : `${params.noun}/:id`)
  return (
    <Show when={found()} fallback={<NoSuchPart />}>
      {(one) => <Dynamic component={one()} />}
    </Show>
  )
}
