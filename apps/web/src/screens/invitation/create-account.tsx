import { isAppError } from '@lightpress/protocol'
import { A, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { keepDraft } from '../../ui/drafts.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { TextField } from '../../ui/text-field.tsx'
import { isOver } from './data.ts'
import type { AnswerProps } from './page.tsx'
import { register } from './register.ts'

/** For whoever is not signed in: an account with the invited address, or a sign-in that leads back here. */
export function CreateAccount(props: AnswerProps) {
  const start = useAction(register)
  const submit = ({ name = '', password = '' }) =>
    start(props.token, props.preview, name, password).catch((error: unknown) => {
      if (!isOver(error)) throw error
      props.onOver()
    })
  return (
    <>
      <Form
        // A draft for one address is none for another.
        name={`invitation ${props.preview.email}`}
        submit={submit}
        remedy={(error) => (
          <Show when={isAppError(error) && error.reason === 'auth.email_taken'}>
            <p>
              <SignInLink email={props.preview.email}>Sign in with it</SignInLink>
            </p>
          </Show>
        )}
      >
        <TextField name="name" label="Name" autocomplete="name" maxLength={100} autofocus required />
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          value={props.preview.email}
          help="The invitation is for this address."
          readOnly
        />
        <NewPasswordField name="password" label="Password" personal={['name', 'email']} />
        <SubmitButton wide>Create account and join</SubmitButton>
      </Form>
      <p>
        Have an account? <SignInLink email={props.preview.email}>Sign in</SignInLink>
      </p>
    </>
  )
}

/** There the address stands already, and every door leads back here. */
function SignInLink(props: { email: string; children: string }) {
  return (
    <A href="/sign-in?next=%2Finvitation" onClick={() => keepDraft({ form: 'sign-in' }, { email: props.email })}>
      {props.children}
    </A>
  )
}
