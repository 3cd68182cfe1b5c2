import { isAppError } from '@lightpress/protocol'
import { A, Navigate, useAction } from '@solidjs/router'
import { createSignal, onMount, Show } from 'solid-js'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { FailedState } from '../../ui/failed-state.tsx'
import { explain, mayPass } from '../../ui/failure.ts'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { takeFragment } from '../sign-in/fragment.ts'
import { AskForLink } from './ask.tsx'
import { signInWithLink } from './data.ts'

/**
 * Where the link of the mail leads, and, without one, where it is asked for. It signs in by itself: what reads mail for
 * viruses does not sit in the browser that asked, and nowhere else is the link good.
 */
export function MagicLink() {
  useTitle('Sign in with a link')
  const fragment = takeFragment()
  return (
    <Show when={fragment().get('token')} keyed fallback={<WithoutLink />}>
      {(token) => <Following token={token} />}
    </Show>
  )
}

function WithoutLink() {
  return (
    <Show when={readSession()} fallback={<AskForLink />}>
      <Navigate href="/dashboard" />
    </Show>
  )
}

function Following(props: { token: string }) {
  const follow = useAction(signInWithLink)
  const [refusal, setRefusal] = createSignal<unknown>()
  const begin = () => follow(props.token).catch(setRefusal)
  onMount(() => void begin())
  return (
    <Show
      when={refusal()}
      fallback={
        <>
          <Heading title="Signing you in">A moment: you go on where you wanted to.</Heading>
          <Skeleton heights={[2.25]} />
        </>
      }
    >
      {(error) => (
        <Show when={mayPass(error())} fallback={<LinkOver error={error()} />}>
          <Heading title="Sign in with a link">That was not possible yet; the link stays good.</Heading>
          <FailedState error={error()} retry={begin} />
        </Show>
      )}
    </Show>
  )
}

/** All that a link can fail by: which of it, the server tells nobody. */
const whereAndWhen = 'Open it in the browser in which you asked for it, within ten minutes. It works once.'

function LinkOver(props: { error: unknown }) {
  const failure = () => explain(props.error)
  const isRefused = () => isAppError(props.error) && props.error.reason === 'auth.token_invalid'
  return (
    <>
      <Heading title="This link did not sign you in" />
      <div role="alert">
        <Note tone="warning" requestId={failure().requestId}>
          {isRefused() ? whereAndWhen : failure().advice}
        </Note>
      </div>
      <ButtonLink href="/sign-in/link" variant="primary" wide>
        Send a new link
      </ButtonLink>
      <p>
        In another way after all? <A href="/sign-in">Sign in</A>
      </p>
    </>
  )
}
