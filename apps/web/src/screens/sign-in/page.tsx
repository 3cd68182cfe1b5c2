import { isAppError } from '@lightpress/protocol'
import { A, useAction, useSearchParams } from '@solidjs/router'
import { Show, Suspense } from 'solid-js'
import { takeSignInReason } from '../../api/sign-in-reason.ts'
import { beside } from '../../screen.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { emailRule } from '../../ui/email-rule.ts'
import { TextField } from '../../ui/text-field.tsx'
import { signIn } from './data.ts'

// What not everybody needs comes after the form, and not before it.
const Notes = beside(() => import('./notes.tsx'), 'Notes')
const Remedy = beside(() => import('./remedy.tsx'), 'Remedy')
// Decided here and not where it is drawn, so that a build for production has nothing of it.
const Development = import.meta.env.DEV
  ? beside(() => import('../../development/card.tsx'), 'DevelopmentCard')
  : undefined
const OtherWays = beside(() => import('./other-ways.tsx'), 'OtherWays')

export function SignIn() {
  useTitle('Sign in')
  const [search] = useSearchParams<{ next: string; problem: string; provider: string }>()
  const enter = useAction(signIn)
  const reason = takeSignInReason()
  return (
    <>
      <Heading title="Sign in">
        New here? <A href="/sign-up">Sign up</A>
      </Heading>
      <Show when={reason ?? search.problem}>
        <Notes reason={reason} problem={search.problem} provider={search.provider} />
      </Show>
      <Form
        name="sign-in"
        submit={({ email = '', password = '' }) => enter(email, password, search.next)}
        remedy={(error) => (
          <Suspense>
            <Remedy reason={isAppError(error) ? error.reason : ''} />
          </Suspense>
        )}
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
      <Suspense>
        <OtherWays next={search.next} />
      </Suspense>
      {Development && (
        <Suspense>
          <Development />
        </Suspense>
      )}
    </>
  )
}
