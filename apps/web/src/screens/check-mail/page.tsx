import { A, Navigate, useAction } from '@solidjs/router'
import MailCheck from 'lucide-solid/icons/mail-check'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { toast } from '../../ui/toast.tsx'
import { expectedMail, sendAgain } from './data.ts'
import { MailboxLink } from './mailbox-link.tsx'
import styles from './page.module.css'

export function CheckMail() {
  useTitle('Check your mail')
  const send = useAction(sendAgain)
  // Decided here and not in the markup, so that a build for production has nothing of it.
  const mailbox = () => (import.meta.env.DEV ? <MailboxLink /> : null)
  return (
    <Show when={expectedMail()} fallback={<Navigate href="/sign-up" />}>
      {(email) => (
        <>
          <span class={styles.icon}>
            <MailCheck size={20} />
          </span>
          <Heading title="Check your mail">
            We sent a link to <strong class={styles.address}>{email()}</strong>. Open it in this browser and you are
            signed in.
          </Heading>
          <div class={styles.again}>
            {mailbox()}
            <p>Nothing there? Look into the spam folder, or have it sent again.</p>
            <Button
              wide
              action={async () => {
                await send(email())
                toast({ title: 'Sent again', detail: `Look for it at ${email()}.` })
              }}
            >
              Send again
            </Button>
            <p>
              Wrong address? <A href="/sign-up">Sign up with another one</A>
            </p>
          </div>
        </>
      )}
    </Show>
  )
}
