import { A, useAction, useSearchParams } from '@solidjs/router'
import { Heading } from '../../ui/heading.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { useTitle } from '../../ui/page.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { emailRule, TextField } from '../../ui/text-field.tsx'
import { signIn } from './data.ts'

export function SignIn() {
  useTitle('Sign in')
  const [search] = useSearchParams<{ next: string }>()
  const enter = useAction(signIn)
  return (
    <>
      <Heading title="Sign in">
        New here? <A href="/sign-up">Sign up</A>
      </Heading>
      <Form name="sign-in" submit={({ email = '', password = '' }) => enter(email, password, search.next)}>
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
        <PasswordField name="password" label="Password" autocomplete="current-password" />
        <SubmitButton wide>Sign in</SubmitButton>
      </Form>
    </>
  )
}
