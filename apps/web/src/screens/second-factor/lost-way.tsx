import type { Recovery } from '@lightpress/auth-contract'
import { useAction } from '@solidjs/router'
import { createSignal, Show, untrack } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import { type Begun, keepBegun } from './begun.ts'
import { askForRecovery, leaveBegun, signInAgainPath } from './data.ts'
import styles from './lost-way.module.css'
import { WayHeading } from './way-heading.tsx'

/** For whom nothing is left that the account asks for. It takes days, so that an owner who has it all can object. */
export function LostWay(props: { begun: Begun; onDone: () => void }) {
  const ask = useAction(askForRecovery)
  const [recovery, setRecovery] = createSignal(untrack(() => props.begun.recovery))
  const submit = async () => {
    const asked = await ask(props.begun)
    keepBegun({ ...props.begun, recovery: asked })
    setRecovery(asked)
    props.onDone()
  }
  return (
    <Show when={recovery()} fallback={<Question submit={submit} />}>
      {(asked) => <Asked recovery={asked()} begun={props.begun} />}
    </Show>
  )
}

function Question(props: { submit: () => Promise<void> }) {
  return (
    <>
      <WayHeading title="Lost all of them?" takesFocus>
        We can take the second factors off your account. It takes three days, so that nobody does it behind your back.
      </WayHeading>
      <ol class={styles.steps}>
        <li>We write to you at once, and wherever you are signed in. Whoever still has a factor can stop it.</li>
        <li>After three days a second mail brings a link. Open it, and sign in as you did just now.</li>
        <li>Your second factors are gone then, and you are signed out everywhere. Add new ones.</li>
      </ol>
      <Form submit={() => props.submit()}>
        <SubmitButton wide>Ask for it</SubmitButton>
      </Form>
    </>
  )
}

/** The same for whoever asks again: the one that waits goes on, and no other mail is sent. */
function Asked(props: { recovery: Recovery; begun: Begun }) {
  return (
    <>
      <WayHeading title="It is under way" takesFocus>
        When the wait is over, you can go on.
      </WayHeading>
      <Note tone="info" title="Wait for the mail">
        <p>
          The link to remove your second factors with is sent on <CalendarDate at={props.recovery.availableAt} />. It
          works until <CalendarDate at={props.recovery.expiresAt} />.
        </p>
      </Note>
      <p>
        The mail that told of it when it was first asked for has a link to stop it. Should you find your phone, a
        passkey or a code before then, sign in with it, and it is over: nothing is removed unless you open the second
        link.
      </p>
      <ButtonLink href={signInAgainPath(props.begun)} onClick={() => leaveBegun(props.begun)} wide>
        Back to sign-in
      </ButtonLink>
    </>
  )
}
