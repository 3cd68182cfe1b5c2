import type { Recovery } from '@lightpress/auth-contract'
import { useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate } from '../../ui/time.tsx'
import type { Begun } from './begun.ts'
import { askForRecovery, leaveBegun, signInAgainPath } from './data.ts'
import styles from './lost-way.module.css'
import { WayHeading } from './way-heading.tsx'

/** For whom nothing is left that the account asks for. It takes days, so that an owner who has it all can object. */
export function LostWay(props: { begun: Begun; onDone: () => void }) {
  const ask = useAction(askForRecovery)
  const [recovery, setRecovery] = createSignal<Recovery>()
  const submit = async () => {
    setRecovery(await ask(props.begun))
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

function Asked(props: { recovery: Recovery; begun: Begun }) {
  return (
    <>
      <WayHeading title="It is under way" takesFocus>
        Three days, and you can go on.
      </WayHeading>
      <Note tone="info" title="Wait for the mail">
        <p>
          On <CalendarDate at={props.recovery.availableAt} /> we send you a link to remove your second factors with. It
          works until <CalendarDate at={props.recovery.expiresAt} />.
        </p>
      </Note>
      <p>
        A first mail is on its way now. It says what was asked for, and has a link to stop it. Should you find your
        phone, a passkey or a code before then, sign in with it, and it is over: nothing is removed unless you open the
        second link.
      </p>
      <ButtonLink href={signInAgainPath(props.begun)} onClick={() => leaveBegun(props.begun)} wide>
        Back to sign-in
      </ButtonLink>
    </>
  )
}
