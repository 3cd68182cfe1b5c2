import { createAsync, useLocation } from '@solidjs/router'
import MailWarning from 'lucide-solid/icons/mail-warning'
import { Show } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { getPreferences } from '../../screens/notification-preferences/data.ts'
import { Banner } from '../../ui/banner.tsx'
import { ButtonLink } from '../../ui/button.tsx'

const preferences = '/notifications/preferences'

/**
 * Whom no mail reaches does not learn it from a mail. Asked for once a visit, after the screen; whoever reported us as
 * spam wanted it so, and is told where mails are chosen alone. So is why, and what to do.
 */
export function MailProblem() {
  const location = useLocation()
  const me = createAsync(() => getMe().catch(() => undefined))
  const known = createAsync(() => getPreferences().catch(() => undefined))
  const bounces = () => known()?.suppressed?.reason === 'bounced' && location.pathname !== preferences
  return (
    <Show when={bounces() && me()}>
      {(person) => (
        <Banner
          icon={MailWarning}
          tone="warning"
          action={
            <ButtonLink href={preferences} size="small">
              See what to do
            </ButtonLink>
          }
        >
          Our mails to {person().email} come back, so we stopped sending.
        </Banner>
      )}
    </Show>
  )
}
