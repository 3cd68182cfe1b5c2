import { A, useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { useLinkToken } from '../../api/link-token.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { useTitle } from '../../ui/page.tsx'
import { isLinkInvalid, resetPassword } from './data.ts'

/** Where the link of the mail leads. Whether it is good shows when it is used. */
export function ResetPassword() {
  useTitle('Choose a new password')
  const token = useLinkToken()
  return (
    <Show when={token()} keyed fallback={<LinkOver />}>
      {(known) => <Choice token={known} />}
    </Show>
  )
}

function Choice(props: { token: string }) {
  const reset = useAction(resetPassword)
  const [over, setOver] = createSignal(false)

  const submit = async ({ password = '' }) => {
    try {
      await reset(props.token, password)
    } catch (error) {
      if (!isLinkInvalid(error)) throw error
      setOver(true)
    }
  }

  return (
    <Show when={!over()} fallback={<LinkOver />}>
      <Heading title="Choose a new password">It signs you out everywhere; then sign in with the new one.</Heading>
      <Form submit={submit}>
        <NewPasswordField name="password" label="New password" autofocus />
        <SubmitButton wide>Set the password</SubmitButton>
      </Form>
    </Show>
  )
}

function LinkOver() {
  return (
    <>
      <Heading title="This link does not work any more" />
      <div role="alert">
        <Note tone="warning">
          It has been used, it is too old, or a newer one has been sent since. Have a new one sent if you need it.
        </Note>
      </div>
      <ButtonLink href="/forgot-password" variant="primary" wide>
        Send a new link
      </ButtonLink>
      <p>
        Done already? <A href="/sign-in">Sign in</A>
      </p>
    </>
  )
}
