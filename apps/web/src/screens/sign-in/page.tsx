import { isAppError } from '@lightpress/protocol'
import { A, useAction, useSearchParams } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { takeSignInReason } from '../../api/sign-in-reason.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { emailRule, TextField } from '../../ui/text-field.tsx'
import { signIn } from './data.ts'
import { ReasonNote } from './reason-note.tsx'

export function SignIn() {
  useTitle('Sign in')
  const [search] = useSearchParams<{ next: string }>()
  const enter = useAction(signIn)
  const reason = takeSignInReason()
  return (
    <>
      <Heading title="Sign in">
        New here? <A href="/sign-up">Sign up</A>
      </Heading>
      <Show when={reason}>{(why) => <ReasonNote reason={why()} />}</Show>
      <Form
        name="sign-in"
        submit={({ email = '', password = '' }) => enter(email, password, search.next)}
        remedy={(error) => isAppError(error) && <Remedy reason={error.reason} />}
      >
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username webauthn"
          inputmode="email"
          autofocus
          required
          rule={emailRule}
        />
        <PasswordField
          name="password"
          label="Password"
          autocomplete="current-password"
          aside={<A href="/forgot-password">Forgot it?</A>}
        />
        <SubmitButton wide>Sign in</SubmitButton>
      </Form>
    </>
  )
}

/** What helps where another try does not. */
function Remedy(props: { reason: string }) {
  return (
    <Switch>
      <Match when={props.reason === 'auth.too_many_attempts'}>
        <p>
          Not sure of it? <A href="/forgot-password">Reset your password</A>
        </p>
      </Match>
      <Match when={props.reason === 'auth.suspended'}>
        <p>Nothing of yours is lost. Ask us if you do not know why.</p>
      </Match>
    </Switch>
  )
}
