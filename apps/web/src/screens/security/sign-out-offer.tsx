import { useAction } from '@solidjs/router'
import { createSignal, onCleanup, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { endOtherSessions, getSessions } from './data.ts'
import styles from './note-body.module.css'

/** What was changed, and so where the offer stands. */
type Part = 'two-step' | 'passkeys'

const [offered, setOffered] = createSignal<Part>()

/**
 * Sessions that were begun with other factors go on, if there are any; whoever has changed theirs may want them gone.
 * Where they cannot be asked for it is offered all the same.
 */
export async function offerSignOut(part: Part) {
  const sessions = await getSessions(undefined).catch(() => undefined)
  if (sessions === undefined || sessions.items.some(({ current }) => !current)) setOffered(part)
}

/** Of the first second factor: what was opened without one is over. */
export const othersSignedOut = 'You were signed out everywhere else.'

export function SignOutOffer(props: { part: Part }) {
  onCleanup(() => setOffered(undefined))
  const endOthers = useAction(endOtherSessions)
  const end = async () => {
    const ended = await endOthers()
    setOffered(undefined)
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
              <Button variant="quiet" onClick={() => setOffered(undefined)}>
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
