import { Navigate } from '@solidjs/router'
import MailCheck from 'lucide-solid/icons/mail-check'
import { Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { MailAddress } from '../check-mail/mail-sent.tsx'
import styles from '../check-mail/mail-sent.module.css'
import { expectedReceipt } from './receipt.ts'

/** The last that somebody sees of their account. */
export function Goodbye() {
  useTitle('Goodbye')
  return (
    <Show when={expectedReceipt()} fallback={<Navigate href="/" />}>
      {(email) => (
        <>
          <span class={styles.icon}>
            <MailCheck size={20} />
          </span>
          <Heading title="Your account is closed">
            Goodbye, and thank you. All that is yours is being deleted now; as soon as it is done, a receipt of what
            went comes to <MailAddress>{email()}</MailAddress>.
          </Heading>
          <p>There is nothing left for you to do. You can close this page.</p>
          <ButtonLink href="/" wide>
            To the start page
          </ButtonLink>
        </>
      )}
    </Show>
  )
}
