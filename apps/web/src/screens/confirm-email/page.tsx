import type { auth } from '@lightpress/auth-contract'
import type { Output } from '@lightpress/protocol'
import { useAction } from '@solidjs/router'
import { createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { useLinkToken } from '../../api/link-token.ts'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { confirmEmailChange, finalRefusal } from './data.ts'

type State = 'asking' | Output<(typeof auth)['operations']['confirmEmailChange']>['status'] | 'invalid' | 'taken'

/** Where the mails of a change of address lead. It takes a press: whatever reads mail for viruses opens links, too. */
export function ConfirmEmail() {
  useTitle('Confirm the change of address')
  const token = useLinkToken()
  return (
    <Show when={token()} keyed fallback={<Invalid />}>
      {(known) => <Confirmation token={known} />}
    </Show>
  )
}

function Confirmation(props: { token: string }) {
  const confirm = useAction(confirmEmailChange)
  const [state, setState] = createSignal<State>('asking')

  const submit = async () => {
    try {
      setState((await confirm(props.token)).status)
    } catch (error) {
      const refused = finalRefusal(error)
      if (!refused) throw error
      setState(refused)
    }
  }

  return (
    <Switch>
      <Match when={state() === 'asking'}>
        <Heading title="Confirm the change of address">
          Somebody who is signed in asked to change the address of this account. Confirm it only if that was you.
        </Heading>
        <Form submit={submit}>
          <SubmitButton wide>Confirm the change</SubmitButton>
        </Form>
        <p>It was not you? Close this page: without your press nothing changes.</p>
      </Match>
      <Match when={state() === 'waiting_for_old'}>
        <Outcome title="Half done">
          <Note tone="info" title="Your old address has to confirm as well">
            We wrote there. Open the link in that mail, and the change is made.
          </Note>
        </Outcome>
      </Match>
      <Match when={state() === 'waiting_for_new'}>
        <Outcome title="Half done">
          <Note tone="info" title="Your new address has to confirm as well">
            We wrote there. Open the link in that mail, and the change is made.
          </Note>
        </Outcome>
      </Match>
      <Match when={state() === 'changed'}>
        <Outcome title="Your address is changed">
          <Note tone="success">From now on you sign in with the new one, and we write to it.</Note>
        </Outcome>
      </Match>
      <Match when={state() === 'taken'}>
        <Outcome title="This address is taken">
          <Note tone="warning">
            Somebody has made an account with it since. Your address stays as it is; you can change it to another one.
          </Note>
        </Outcome>
      </Match>
      <Match when={state() === 'invalid'}>
        <Invalid />
      </Match>
    </Switch>
  )
}

function Invalid() {
  return (
    <Outcome title="This link does not work any more">
      <Note tone="warning">
        The change was given up, took too long, or another one took its place. You can ask for it again.
      </Note>
    </Outcome>
  )
}

/** Takes the focus, which the button had that led here. */
function Outcome(props: { title: string; children: JSX.Element }) {
  let outcome!: HTMLDivElement
  onMount(() => outcome.focus())
  return (
    <>
      <div ref={outcome} tabIndex={-1} role="status">
        <Heading title={props.title} />
      </div>
      {props.children}
      <ButtonLink href={readSession() ? '/security' : '/sign-in'} wide>
        {readSession() ? 'Go to your account' : 'Sign in'}
      </ButtonLink>
    </>
  )
}
