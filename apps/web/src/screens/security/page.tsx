import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Region } from '../../ui/region.tsx'
import { Settings, SettingsGroup } from '../../ui/settings.tsx'
import { Activity } from './activity-section.tsx'
import { getActivity, getEmailChange, getSessions } from './data.ts'
import { EmailSection } from './email-section.tsx'
import { PasswordSection } from './password-section.tsx'
import { Sessions } from './sessions-section.tsx'

export function Security() {
  useTitle('Security')
  const me = createAsync(() => getMe())
  return (
    <Settings>
      <Heading title="Security">Who can get into your account, and what happened there.</Heading>
      <SettingsGroup title="Password" lead="Changing it signs you out everywhere else.">
        <Region reads={[getMe.key]} heights={[19]}>
          <Show when={me()}>{(person) => <PasswordSection person={person()} />}</Show>
        </Region>
      </SettingsGroup>
      <SettingsGroup title="E-mail address" lead="You sign in with it, and we write to it.">
        <Region reads={[getMe.key, getEmailChange.key]} heights={[19]}>
          <Show when={me()}>{(person) => <EmailSection person={person()} />}</Show>
        </Region>
      </SettingsGroup>
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
  )
}
