import type { InvitationPreview } from '@lightpress/users-contract'
import { createMemo, createResource, createSignal, Match, onCleanup, Show, Suspense, Switch } from 'solid-js'
import { invitations } from '../../api/invitations.ts'
import { onOtherTab, readSession } from '../../api/session-note.ts'
import { screen } from '../../screen.ts'
import { FailedState } from '../../ui/failed-state.tsx'
import { useTitle } from '../../ui/page.tsx'
import { takeFragment } from '../sign-in/fragment.ts'
import { isOver } from './data.ts'
import { keepInvitation, readInvitation } from './kept.ts'
import styles from './page.module.css'
import { Summary } from './summary.tsx'

// The invitation itself stands first; what can be done about it depends on who is there.
const CreateAccount = screen(() => import('./create-account.tsx'), 'CreateAccount')
const Join = screen(() => import('./join.tsx'), 'Join')
const Over = screen(() => import('./over.tsx'), 'Over')

/** Where the mail of an invitation leads, for whoever is signed in, or not, or is somebody else. */
export function Invitation() {
  useTitle('Invitation')
  const fragment = takeFragment()
  const token = createMemo(() => {
    const arrived = fragment().get('token') ?? undefined
    if (arrived !== undefined) keepInvitation(arrived)
    return arrived ?? readInvitation()
  })
  return (
    <Suspense fallback={<Opening />}>
      <Show when={token()} keyed fallback={<Over />}>
        {(known) => <Opened token={known} />}
      </Show>
    </Suspense>
  )
}

function Opened(props: { token: string }) {
  const [preview, { refetch }] = createResource(() => invitations.previewInvitation({ token: props.token }))
  const [refused, setRefused] = createSignal(false)
  return (
    <Switch fallback={<Opening />}>
      <Match when={refused() || isOver(preview.error)}>
        <Over />
      </Match>
      <Match when={preview.error as unknown}>
        {(error) => (
          <>
            <div class={styles.words}>
              <h1>Your invitation</h1>
              <p>It could not be read yet; the link stays good.</p>
            </div>
            <FailedState error={error()} retry={async () => refetch()} />
          </>
        )}
      </Match>
      <Match when={preview.state === 'ready' && preview()}>
        {(known) => <Answer token={props.token} preview={known()} onOver={() => setRefused(true)} />}
      </Match>
    </Switch>
  )
}

function Opening() {
  return (
    <div class={styles.words} role="status">
      <h1>Your invitation</h1>
      <p>A moment: it is being opened.</p>
    </div>
  )
}

export interface AnswerProps {
  token: string
  preview: InvitationPreview
  /** The server says so, to what was sent. */
  onOver: () => void
}

function Answer(props: AnswerProps) {
  const [signedIn, setSignedIn] = createSignal(readSession() !== undefined)
  onCleanup(onOtherTab((did) => setSignedIn(did !== 'ended')))
  return (
    <>
      <Summary preview={props.preview} />
      <Suspense fallback={<div class={styles.room} />}>
        <Show when={signedIn()} fallback={<CreateAccount {...props} />}>
          <Join {...props} onSignedOut={() => setSignedIn(false)} />
        </Show>
      </Suspense>
    </>
  )
}
