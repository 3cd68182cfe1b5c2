import { createAsync, useSearchParams } from '@solidjs/router'
import Monitor from 'lucide-solid/icons/monitor'
import { createSignal, Show, Suspense } from 'solid-js'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Actions } from '../../ui/settings.tsx'
import { EmptyPage } from '../../ui/empty-state.tsx'
import { getSessions } from './data.ts'
import { useReadOnly } from './read-only.ts'
import styles from './sessions-section.module.css'
import { SessionRow } from './session-row.tsx'
import type { Asked } from './sign-out-question.tsx'

const SignOutQuestion = screen(() => import('./sign-out-question.tsx'), 'SignOutQuestion')

export function Sessions() {
  const [search] = useSearchParams<{ sessions: string }>()
  const page = createAsync(() => getSessions(search.sessions))
  const [asked, setAsked] = createSignal<Asked>()
  const readOnly = useReadOnly()
  const ask = (what: Asked) => SignOutQuestion.preload().then(() => setAsked(what))
  // This one first: it is the one that the others are compared with.
  const sessions = () => (page()?.items ?? []).toSorted((a, b) => Number(b.current) - Number(a.current))
  const alone = () => search.sessions === undefined && page()?.nextCursor === null && sessions().length < 2

  return (
    <>
      <Listing
        stay
        label="Sessions"
        page={{ items: sessions(), nextCursor: page()?.nextCursor ?? null }}
        param="sessions"
        icon={Monitor}
        empty={<EmptyPage icon={Monitor} />}
      >
        {(session) => <SessionRow session={session} onEnd={() => ask(session)} />}
      </Listing>
      <Show when={!readOnly()}>
        <Show when={!alone()} fallback={<p class={styles.quiet}>You are signed in nowhere else.</p>}>
          <Actions>
            <Button action={() => ask('others')}>Sign out all others</Button>
            <Button action={() => ask('everywhere')}>Sign out everywhere</Button>
          </Actions>
        </Show>
      </Show>
      <Suspense>
        <Show when={asked()} keyed>
          {(what) => <SignOutQuestion what={what} onClose={() => setAsked(undefined)} />}
        </Show>
      </Suspense>
    </>
  )
}
