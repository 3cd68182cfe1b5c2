import { useParams } from '@solidjs/router'
import { Match, Switch } from 'solid-js'
import { screen } from './screen.ts'
import { parts } from './screens/notifications/filter.ts'

const Inbox = screen(() => import('./screens/notifications/page.tsx'), 'Notifications')
const Preferences = screen(() => import('./screens/notification-preferences/page.tsx'), 'NotificationPreferences')
const NoSuchPage = screen(() => import('./screens/not-found/part.tsx'), 'NoSuchPart')

/** What somebody hears of, and how: apart from the routes, as the screens of an organisation are. */
export function NotificationScreens() {
  const params = useParams<{ part: string }>()
  return (
    <Switch fallback={<NoSuchPage />}>
      <Match when={params.part === 'preferences'}>
        <Preferences />
      </Match>
      <Match when={params.part === undefined || parts.some((part) => part === params.part)}>
        <Inbox />
      </Match>
    </Switch>
  )
}
