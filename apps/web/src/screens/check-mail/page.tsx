import { A, Navigate, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { useTitle } from '../../ui/page.tsx'
import { expectedMail, sendResetAgain, sendVerificationAgain } from './data.ts'
import { MailAddress, MailSent } from './mail-sent.tsx'

export function CheckMail() {
  useTitle('Check your mail')
  const send = useAction(sendVerificationAgain)
  return (
    <Show when={expectedMail('sign-up')} fallback={<Navigate href="/sign-up" />}>
      {(email) => (
        <MailSent
          email={email()}
          sendAgain={() => send(email())}
          otherwise={
            <>
              Wrong address? <A href="/sign-up">Sign up with another one</A>
            </>
          }
        >
          We sent a link to <MailAddress>{email()}</MailAddress>. Open it in this browser and you are signed in.
        </MailSent>
      )}
    </Show>
  )
}

/** The same for everybody: nobody learns here who has an account. */
export function CheckMailForReset() {
  useTitle('Check your mail')
  const send = useAction(sendResetAgain)
  return (
    <Show when={expectedMail('password-reset')} fallback={<Navigate href="/forgot-password" />}>
      {(email) => (
        <MailSent
          email={email()}
          sendAgain={() => send(email())}
          otherwise={
            <>
              Wrong address? <A href="/forgot-password">Try another one</A>
            </>
          }
        >
          If there is an account for <MailAddress>{email()}</MailAddress>, a mail is on its way. Its link leads to a new
          password.
        </MailSent>
      )}
    </Show>
  )
}
