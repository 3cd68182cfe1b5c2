import { createAsync } from '@solidjs/router'
import { Show, Suspense } from 'solid-js'
import { getCredentials } from '../../account/credentials.ts'
import { getMe } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { beside, screen } from '../../screen.ts'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { getActivity, getEmailChange, getSessions } from './data.ts'
import { EmailSection } from './email-section.tsx'
import { getProviders } from '../sign-in/providers.ts'
import { PasswordSection } from './password-section.tsx'
import { ReadOnly } from './read-only.ts'
import { Sessions } from './sessions-section.tsx'

// Below what one sees first, and heavy: they come beside the screen, not before it.
const TwoStep = screen(() => import('./two-step-section.tsx'), 'TwoStep')
const Passkeys = screen(() => import('./passkeys-section.tsx'), 'Passkeys')
const LinkedSignIns = screen(() => import('./linked-sign-ins-section.tsx'), 'LinkedSignIns')
const Activity = screen(() => import('./activity-section.tsx'), 'Activity')
const RecoveryNote = beside(() => import('./recovery-note.tsx'), 'RecoveryNote')

export function Security() {
  useTitle('Security')
  const me = createAsync(() => getMe())
  const readOnly = createLookOnly()
  // Each part tells a failure of its own reads; whether there are such parts is not known without them.
  const credentials = createAsync(() => getCredentials().catch(() => undefined))
  const providers = createAsync(() => getProviders().catch(() => undefined))
  return (
    <ReadOnly.Provider value={readOnly}>
      <Settings>
        <Heading title="Security">Who can get into your account, and what happened there.</Heading>
        <LookOnlyNote when={readOnly()} />
        <Suspense>
          <Show when={credentials()?.recovery}>{(recovery) => <RecoveryNote recovery={recovery()} />}</Show>
        </Suspense>
        <SettingsGroup title="Password" lead="Changing it signs you out everywhere else.">
          <Region reads={[getMe.key]} heights={[19]}>
            <Show when={me()}>
              {(person) => <PasswordSection person={person()} hasOne={credentials()?.password !== false} />}
            </Show>
          </Region>
        </SettingsGroup>
        <SettingsGroup title="E-mail address" lead="You sign in with it, and we write to it.">
          <Region reads={[getMe.key, getEmailChange.key]} heights={[14]}>
            <Show when={me()}>{(person) => <EmailSection person={person()} />}</Show>
          </Region>
        </SettingsGroup>
        <SettingsGroup
          title="Two-step verification"
          lead="A second proof at every sign-in. Whoever learns your password still stays outside."
        >
          <Region reads={[getCredentials.key]} heights={[8]}>
            <TwoStep />
          </Region>
        </SettingsGroup>
        <SettingsGroup
          title="Passkeys"
          lead="Sign in with your fingerprint, your face or the lock of your device: nothing to type, nothing to be tricked out of."
        >
          <Region reads={[getCredentials.key]} heights={[8]}>
            <Passkeys />
          </Region>
        </SettingsGroup>
        <Suspense>
          <Show when={(providers()?.length ?? 0) > 0 || (credentials()?.linkedSignIns.length ?? 0) > 0}>
            <SettingsGroup title="Linked sign-ins" lead="Accounts elsewhere that you can sign in with here.">
              <Region reads={[getCredentials.key, getProviders.key]} heights={[5]}>
                <LinkedSignIns />
              </Region>
            </SettingsGroup>
          </Show>
        </Suspense>
        <SettingsGroup
          title="Sessions"
          lead="Where you are signed in. Sign out what you do not know, and change your password then."
        >
          <Region reads={[getSessions.key]} heights={[8]}>
            <Sessions />
          </Region>
        </SettingsGroup>
        <SettingsGroup title="Recent activity" lead="What happened to the security of your account, newest first.">
          <Region reads={[getActivity.key]} heights={[16]}>
            <Activity />
          </Region>
        </SettingsGroup>
      </Settings>
    </ReadOnly.Provider>
  )
}
