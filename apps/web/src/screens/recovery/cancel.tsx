import { A, useAction } from '@solidjs/router'
import { createSignal, onMount, Show } from 'solid-js'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { isLinkOver } from '../second-factor/data.ts'
import { takeFragment } from '../sign-in/fragment.ts'
import { cancelRecovery } from './data.ts'

/** Where the mails about lost factors lead whoever did not ask. It takes a press: what reads mail opens links, too. */
export function CancelRecovery() {
  useTitle('Stop the recovery')
  const fragment = takeFragment()
  return (
    <Show when={fragment().get('token')} keyed fallback={<Told outcome="over" />}>
      {(token) => <Cancelling token={token} />}
    </Show>
  )
}

function Cancelling(props: { token: string }) {
  const cancel = useAction(cancelRecovery)
  const [outcome, setOutcome] = createSignal<'stopped' | 'over'>()
  const submit = async () => {
    try {
      await cancel(props.token)
      setOutcome('stopped')
    } catch (error) {
      if (!isLinkOver(error)) throw error
      setOutcome('over')
    }
  }
  return (
    <Show when={outcome()} fallback={<Question submit={submit} />}>
      {(known) => <Told outcome={known()} />}
    </Show>
  )
}

function Question(props: { submit: () => Promise<void> }) {
  return (
    <>
      <Heading title="Keep your second factors?">Somebody asked to take them off your account.</Heading>
      <Form submit={() => props.submit()}>
        <SubmitButton wide>Stop it, and keep them</SubmitButton>
      </Form>
      <p>It was you, and you want to go on? Close this page, and nothing is stopped.</p>
    </>
  )
}

/** Takes the focus, which the button had that led here. */
function Told(props: { outcome: 'stopped' | 'over' }) {
  let heading!: HTMLDivElement
  onMount(() => heading.focus())
  return (
    <>
      <div ref={heading} tabIndex={-1} role="status">
        <Heading title={props.outcome === 'stopped' ? 'Stopped' : 'This link does not work any more'} />
      </div>
      <Show
        when={props.outcome === 'stopped'}
        fallback={<Note tone="warning">Nothing waits to be stopped by it: it was stopped before, or it is over.</Note>}
      >
        <Note tone="success" title="Your second factors stay">
          Nothing of your account has changed.
        </Note>
      </Show>
      <p>
        It was not you? Whoever asked knows your password, or can read your mail. Choose a new password, and look at who
        is signed in under Security.
      </p>
      <ButtonLink href={readSession() ? '/security' : '/forgot-password'} variant="primary" wide>
        Change your password
      </ButtonLink>
      <p>
        All is well?{' '}
        <A href={readSession() ? '/dashboard' : '/sign-in'}>{readSession() ? 'Go to your account' : 'Sign in'}</A>
      </p>
    </>
  )
}
