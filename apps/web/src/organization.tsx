import { useParams } from '@solidjs/router'
import { type Component, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { screen } from './screen.ts'

/** The screens of an organisation, apart from the routes: whoever is only at the door does not load their names. */
const screens = new Map<string | undefined, Component>([
  [undefined, screen(() => import('./screens/organization/page.tsx'), 'Organization')],
  ['members', screen(() => import('./screens/members/page.tsx'), 'Members')],
  ['invitations', screen(() => import('./screens/invitations/page.tsx'), 'Invitations')],
  ['activity', screen(() => import('./screens/organization-activity/page.tsx'), 'OrganizationActivity')],
])

const NoSuchPage = screen(() => import('./screens/not-found/part.tsx'), 'NoSuchPart')

export function OrganizationScreens() {
  const params = useParams<{ part: string }>()
  return (
    <Show when={screens.get(params.part)} fallback={<NoSuchPage />}>
      {(one) => <Dynamic component={one()} />}
    </Show>
  )
}
