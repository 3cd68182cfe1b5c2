import { A, useAction } from '@solidjs/router'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { NewPasswordField } from '../../ui/new-password-field.tsx'
import { useTitle } from '../../ui/page.tsx'
import { emailRule } from '../../ui/email-rule.ts'
import { TextField } from '../../ui/text-field.tsx'
import { signUp } from './data.ts'

export function SignUp() {
  useTitle('Sign up')
  const start = useAction(signUp)
  return (
    <>
      <Heading title="Sign up">
        Have an account? <A href="/sign-in">Sign in</A>
      </Heading>
      <Form name="sign-up" submit={({ name = '', email = '', password = '' }) => start(name, email, password)}>
        <TextField name="name" label="Name" autocomplete="name" maxLength={100} autofocus required />
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          inputmode="email"
          help="We send a link there to confirm that it is yours."
          required
          rule={emailRule}
        />
        <NewPasswordField name="password" label="Password" personal={['name', 'email']} />
        <SubmitButton wide>Sign up</SubmitButton>
      </Form>
    </>
  )
}
