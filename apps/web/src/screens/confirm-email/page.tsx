import type { auth } from '@lightpress/auth-contract'
import type { Output } from '@lightpress/protocol'
import { useAction } from '@solidjs/router'
import { createSignal, onMount, Show } from 'solid-js'
import { useLinkToken } from '../../api/link-token.ts'
import { readSession } from '../../api/session-note.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note, type NoteProps } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { confirmEmailChange, finalRefusal } from './data.ts'

type Outcome = Output<(typeof auth)['operations']['confirmEmailChange']>['status'] | 'invalid' | 'taken'

const half = 'Open the link in the mail that we sent there.'
const told: Record<Outcome, { title: string; tone: NoteProps['tone']; about?: string | undefined; words: string }> = {
  waiting_for_old: { title: 'Half done', tone: 'info', about: 'Your old address has to confirm as well', words: half },
  waiting_for_new: { title: 'Half done', tone: 'info', about: 'Your new address has to confirm as well', words: half },
  changed: {
    title: 'Your address is changed',
    tone: 'success',
    words: 'You sign in with the new one from now on.',
  },
  taken: {
    title: 'This address is taken',
    tone: 'warning',
    words: 'Somebody has made an account with it since. Yours keeps its address.',
  },
  invalid: {
    title: 'This link does not work any more',
    tone: 'warning',
    words: 'The change was given up, took too long, or another one took its place. You can ask for it again.',
  },
}

/** Where the mails of a change of address lead. It takes a press: whatever reads mail for viruses opens links, too. */
export function ConfirmEmail() {
  useTitle('Confirm the change of address')
  const token = useLinkToken()
  return (
    <Show when={token()} keyed fallback={<Told outcome="invalid" />}>
      {(known) => <Confirmation token={known} />}
    </Show>
  )
}

function Confirmation(props: { token: string }) {
  const confirm = useAction(confirmEmailChange)
  const [outcome, setOutcome] = createSignal<Outcome>()

  const submit = async () => {
    try {
      setOutcome((await confirm(props.token)).status)
    } catch (error) {
      const refused = finalRefusal(error)
      if (!refused) throw error
      setOutcome(refused)
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
      <Heading title="Confirm the change of address">Only if it was you who asked for it.</Heading>
      <Form submit={() => props.submit()}>
        <SubmitButton wide>Confirm the change</SubmitButton>
      </Form>
      <p>It was not? Close this page, and nothing changes.</p>
    </>
  )
}

/** Takes the focus, which the button had that led here. */
function Told(props: { outcome: Outcome }) {
  let heading!: HTMLDivElement
  onMount(() => heading.focus())
  const words = () => told[props.outcome]
  return (
    <>
      <div ref={heading} tabIndex={-1} role="status">
        <Heading title={words().title} />
      </div>
      <Note tone={words().tone} title={words().about}>
        {words().words}
      </Note>
      <ButtonLink href={readSession() ? '/security' : '/sign-in'} wide>
        {readSession() ? 'Go to your account' : 'Sign in'}
      </ButtonLink>
    </>
  )
}
