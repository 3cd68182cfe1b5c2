import { useAction } from '@solidjs/router'
import { createSignal, onCleanup, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { endOtherSessions } from './data.ts'
import styles from './note-body.module.css'

/** What was changed, and so where the offer stands. */
type Part = 'two-step' | 'passkeys'

const [offered, offerSignOut] = createSignal<Part>()

/** Sessions that were begun with other factors go on; whoever has changed theirs may want them gone. */
export { offerSignOut }

/** Of the first second factor: what was opened without one is over. */
export const othersSignedOut = 'You were signed out everywhere else.'

export function SignOutOffer(props: { part: Part }) {
  onCleanup(() => offerSignOut(undefined))
  const endOthers = useAction(endOtherSessions)
  const end = async () => {
    const ended = await endOthers()
    offerSignOut(undefined)
    toast({ title: ended === 1 ? 'One session signed out' : `${ended} sessions signed out` })
  }
  return (
    <div role="status" class={styles.offer}>
      <Show when={offered() === props.part}>
        <Note tone="info" title="Where you are signed in already nothing changes">
          <div class={styles.body}>
            <p>
              What you changed counts from the next sign-in on. To have everybody prove it, sign out everywhere else.
            </p>
            <Actions>
              <Button variant="quiet" onClick={() => offerSignOut(undefined)}>
                Not now
              </Button>
              <Button action={end}>Sign out everywhere else</Button>
            </Actions>
          </div>
        </Note>
      </Show>
    </div>
  )
}
