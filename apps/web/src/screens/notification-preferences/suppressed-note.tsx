import type { Preferences } from '@lightpress/notifications-contract'
import { A, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { restoreAddress } from './data.ts'
import styles from './suppressed-note.module.css'

export interface SuppressedNoteProps extends NonNullable<Preferences['suppressed']> {
  address: string
  mayRestore: boolean
}

/** Nothing is sent to the person: since when, why, and what they can do. */
export function SuppressedNote(props: SuppressedNoteProps) {
  return (
    <Show when={props.reason === 'bounced'} fallback={<Complained {...props} />}>
      <Bounced {...props} />
    </Show>
  )
}

function Bounced(props: SuppressedNoteProps) {
  const restore = useAction(restoreAddress)
  const sendAgain = async () => {
    await restore()
    toast({ title: `We send mail to ${props.address} again`, detail: 'What was held back meanwhile is not sent.' })
  }
  return (
    <Note tone="warning" title={`Our mails to ${props.address} come back`}>
      <p>
        Its mailbox refused one on <CalendarDate at={props.at} />, so we stopped sending; your inbox here has
        everything. Is it mended, or was it full? Or <A href="/security">change your address</A>.
      </p>
      <Show when={props.mayRestore}>
        <div class={styles.action}>
          <Button size="small" action={sendAgain}>
            Send mail again
          </Button>
        </div>
      </Show>
    </Note>
  )
}

function Complained(props: SuppressedNoteProps) {
  return (
    <Note tone="warning" title={`We do not write to ${props.address} any more`}>
      <p>
        One of our mails was reported there as spam on <CalendarDate at={props.at} />. Your inbox here goes on as
        before. If that was a mistake, our support can lift it; or <A href="/security">change your address</A>.
      </p>
    </Note>
  )
}
