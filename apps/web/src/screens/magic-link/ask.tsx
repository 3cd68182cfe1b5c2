import { A, useAction, useSearchParams } from '@solidjs/router'
import { readDraft } from '../../ui/drafts.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { emailRule } from '../../ui/email-rule.ts'
import { TextField } from '../../ui/text-field.tsx'
import { mailLink } from './data.ts'

export function AskForLink() {
  const [search] = useSearchParams<{ next: string }>()
  const mail = useAction(mailLink)
  return (
    <>
      <Heading title="Sign in with a link">We send it to you; open it in this browser, and you are in.</Heading>
      <Form name="mail-link" submit={({ email = '' }) => mail(email, search.next)}>
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
        Rather with a password? <A href="/sign-in">Sign in</A>
      </p>
    </>
  )
}
