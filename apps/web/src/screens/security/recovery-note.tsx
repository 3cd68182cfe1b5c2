import type { Recovery } from '@lightpress/auth-contract'
import { useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { cancelRecovery } from './factors.ts'
import { useReadOnly } from './read-only.ts'
import styles from './note-body.module.css'

/** It waits for three days so that whoever still has the account sees this and can say no. */
export function RecoveryNote(props: { recovery: Recovery }) {
  const readOnly = useReadOnly()
  const cancel = useAction(cancelRecovery)
  const stop = async () => {
    await cancel()
    toast({ title: 'Recovery cancelled', detail: 'Your second factors stay. Change your password if it was not you.' })
  }
  return (
    <div role="alert">
      <Note tone="warning" title="Somebody asked to remove your second factors">
        <div class={styles.body}>
          <p>
            They asked <Time at={props.recovery.requestedAt} /> and know how to begin a sign-in. From{' '}
            <CalendarDate at={props.recovery.availableAt} /> on it can be completed with the mail that we send you. Not
            you? Cancel it, and change your password.
          </p>
          <Show when={!readOnly()}>
            <Actions>
              <Button action={stop}>It was not me, cancel it</Button>
            </Actions>
          </Show>
        </div>
      </Note>
    </div>
  )
}
