import MailCheck from 'lucide-solid/icons/mail-check'
import type { JSX } from 'solid-js'
import { Heading } from '../../ui/heading.tsx'
import { SendAgain } from '../../ui/send-again.tsx'
import styles from './mail-sent.module.css'
import { MailboxLink } from './mailbox-link.tsx'

export interface MailSentProps {
  email: string
  sendAgain: () => Promise<unknown>
  /** The way on for whom the mail does not reach. */
  otherwise: JSX.Element
  children: JSX.Element
}

/** A mail is on its way: what to do with it, and what without it. */
export function MailSent(props: MailSentProps) {
  // Decided here and not in the markup, so that a build for production has nothing of it.
  const mailbox = () => (import.meta.env.DEV ? <MailboxLink /> : null)
  return (
    <>
      <span class={styles.icon}>
        <MailCheck size={20} />
      </span>
      <Heading title="Check your mail">{props.children}</Heading>
      <div class={styles.again}>
        {mailbox()}
        <p>Nothing there? Look into the spam folder, or have it sent again.</p>
        <SendAgain to={props.email} send={props.sendAgain} />
        <p>{props.otherwise}</p>
      </div>
    </>
  )
}

/** Where the mail went. */
export function MailAddress(props: { children: string }) {
  return <strong class={styles.address}>{props.children}</strong>
}
