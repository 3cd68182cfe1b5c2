import { A, Navigate, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { useTitle } from '../../ui/page.tsx'
import { expectedMail } from '../check-mail/data.ts'
import { MailAddress, MailSent } from '../check-mail/mail-sent.tsx'
import { mailLinkAgain } from './data.ts'

/** The same for everybody: nobody learns here who has an account. */
export function LinkSent() {
  useTitle('Check your mail')
  const send = useAction(mailLinkAgain)
  return (
    <Show when={expectedMail('sign-in')} fallback={<Navigate href="/sign-in/link" />}>
      {(email) => (
        <MailSent
          email={email()}
          sendAgain={() => send(email())}
          otherwise={
            <>
              In another way after all? <A href="/sign-in">Back to sign-in</A>
            </>
          }
        >
          If there is an account for <MailAddress>{email()}</MailAddress>, a link is on its way. Open it in this
          browser, within ten minutes: anywhere else it lets nobody in.
        </MailSent>
      )}
    </Show>
  )
}
