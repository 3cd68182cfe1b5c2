import { A, useAction } from '@solidjs/router'
import { createSignal, Match, onMount, Show, Switch } from 'solid-js'
import { useLinkToken } from '../../api/link-token.ts'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { explain, mayPass } from '../../ui/failure.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { FailedState } from '../../ui/failed-state.tsx'
import { verify, wantsPassword } from './data.ts'

/** Where the link in the mail leads: it confirms by itself, or asks for the password first. */
export function Verify() {
  useTitle('Confirm your address')
  const token = useLinkToken()
  return (
    <Show
      when={token()}
      keyed
      fallback={<Refused advice="It is not whole. Open it from the mail, or copy all of it." />}
    >
      {(known) => <Verification token={known} />}
    </Show>
  )
}

function Verification(props: { token: string }) {
  const confirm = useAction(verify)
  const [refusal, setRefusal] = createSignal<unknown>()

  const begin = () => confirm(props.token).catch(setRefusal)
  onMount(() => void begin())

  return (
    <Switch
      fallback={
        <>
          <Heading title="Confirming your address">You are signed in as soon as that is done.</Heading>
          <Skeleton heights={[2.25]} />
        </>
      }
    >
      <Match when={wantsPassword(refusal())}>
        <Heading title="Confirm your address">
          This is not the browser that signed up, so we ask for the password you chose there.
        </Heading>
        <Form name="verify" submit={({ password = '' }) => confirm(props.token, password)}>
          <PasswordField name="password" label="Password" autocomplete="current-password" autofocus />
          <SubmitButton wide>Confirm and sign in</SubmitButton>
        </Form>
      </Match>
      <Match when={refusal() !== undefined && mayPass(refusal())}>
        <Heading title="Confirm your address">That was not possible yet; the link stays good.</Heading>
        <FailedState error={refusal()} retry={begin} />
      </Match>
      <Match when={refusal()}>
        {(error) => {
          const failure = () => explain(error())
          return <Refused advice={failure().advice} requestId={failure().requestId} />
        }}
      </Match>
    </Switch>
  )
}

/** Takes the place of words that said it was under way. */
function Refused(props: { advice: string; requestId?: string | undefined }) {
  return (
    <>
      <Heading title="This link did not work" />
      <div role="alert">
        <Note tone="danger" requestId={props.requestId}>
          {props.advice}
        </Note>
      </div>
      <ButtonLink href={readSession() ? '/dashboard' : '/sign-in'} variant="primary" wide>
        {readSession() ? 'Go on' : 'Sign in'}
      </ButtonLink>
      <p>
        Never confirmed? <A href="/sign-up">Sign up again</A>
      </p>
    </>
  )
}
