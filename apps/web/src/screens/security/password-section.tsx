import type { Profile } from '@lightpress/users-contract'
import { A, useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { Card } from '../../ui/card.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { SetPassword } from '../../step-up/set-password.tsx'
import { changePassword } from './data.ts'
import { useReadOnly } from './read-only.ts'

export function PasswordSection(props: { person: Profile; hasOne: boolean }) {
  const readOnly = useReadOnly()
  return (
    <Card>
      <Show when={!readOnly()} fallback={<p>{props.hasOne ? 'There is a password.' : 'There is no password.'}</p>}>
        <Show when={props.hasOne} fallback={<None email={props.person.email} />}>
          <ChangeForm person={props.person} />
        </Show>
      </Show>
    </Card>
  )
}

/** Who came by another provider never chose one. */
function None(props: { email: string }) {
  return (
    <>
      <p>You sign in without a password. You can set one, to have another way in.</p>
      <Actions>
        <SetPassword email={props.email} />
      </Actions>
    </>
  )
}

function ChangeForm(props: { person: Profile }) {
  const change = useAction(changePassword)
  // Once it is changed the form begins anew: no password stays on the screen.
  const [round, setRound] = createSignal(1)

  const submit = async ({ currentPassword = '', newPassword = '' }) => {
    await change(currentPassword, newPassword)
    setRound((before) => before + 1)
    toast({ title: 'Password changed', detail: 'You were signed out everywhere else.' })
  }

  return (
    <Show when={round()} keyed>
      <Form submit={submit}>
        {/* Tells a password manager whose password it is, and the rules what must not be in it. */}
        <input type="email" name="email" autocomplete="username" value={props.person.email} readOnly hidden />
        <input type="hidden" name="name" value={props.person.name} />
        <PasswordField
          name="currentPassword"
          label="Current password"
          autocomplete="current-password"
          aside={<A href="/forgot-password">Forgot it?</A>}
        />
        <NewPasswordField name="newPassword" label="New password" personal={['name', 'email']} />
        <Actions>
          <SubmitButton>Change password</SubmitButton>
        </Actions>
      </Form>
    </Show>
  )
}
