import { A, useAction } from '@solidjs/router'
import { readDraft } from '../../ui/drafts.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { emailRule } from '../../ui/email-rule.ts'
import { TextField } from '../../ui/text-field.tsx'
import { askForReset } from './data.ts'

export function ForgotPassword() {
  useTitle('Reset your password')
  const ask = useAction(askForReset)
  return (
    <>
      <Heading title="Reset your password">We send you a link to choose a new one.</Heading>
      <Form name="forgot-password" submit={({ email = '' }) => ask(email)}>
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          inputmode="email"
          // Typed at sign-in a moment ago, most likely.
          value={readDraft({ form: 'sign-in' }).email ?? ''}
          autofocus
          required
          rule={emailRule}
        />
        <SubmitButton wide>Send the link</SubmitButton>
      </Form>
      <p>
        Remembered it? <A href="/sign-in">Sign in</A>
      </p>
    </>
  )
}
