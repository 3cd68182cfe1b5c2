import { useLocation } from '@solidjs/router'
import { type Component, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { SignedOutLayout } from '../../layouts/signed-out.tsx'
import { screen } from '../../screen.ts'
import { NotFound } from '../not-found/page.tsx'

/**
 * What comes after the first page of a sign-in, what mails lead to that few open, and what comes after the last. They are
 * told apart here and not among the routes, so that the first page does not carry all these names.
 */
const steps = new Map<string, Component>([
  ['/sign-in/second-factor', screen(() => import('../second-factor/page.tsx'), 'SecondFactor')],
  ['/sign-in/link', screen(() => import('../magic-link/page.tsx'), 'MagicLink')],
  ['/sign-in/link-sent', screen(() => import('../magic-link/sent.tsx'), 'LinkSent')],
  ['/sign-in/arrived', screen(() => import('./arrived.tsx'), 'Arrived')],
  ['/sign-in/connect', screen(() => import('./connect.tsx'), 'Connect')],
  ['/forgot-password/check-mail', screen(() => import('../check-mail/page.tsx'), 'CheckMailForReset')],
  ['/recover', screen(() => import('../recovery/page.tsx'), 'Recover')],
  ['/goodbye', screen(() => import('../personal-data/goodbye.tsx'), 'Goodbye')],
  ['/unsubscribe', screen(() => import('../unsubscribe/page.tsx'), 'Unsubscribe')],
  ['/recover/cancel', screen(() => import('../recovery/cancel.tsx'), 'CancelRecovery')],
])

export function SignInStep() {
  const location = useLocation()
  return (
    <Show when={steps.get(location.pathname)} fallback={<NotFound />}>
      {(screen) => (
        <SignedOutLayout>
          <Dynamic component={screen()} />
        </SignedOutLayout>
      )}
    </Show>
  )
}
