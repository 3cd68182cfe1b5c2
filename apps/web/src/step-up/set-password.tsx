import { createSignal, Show } from 'solid-js'
import { auth } from '../api/auth.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/note.tsx'

/** For an account without a password: the same mail as for one that is forgotten. */
export function SetPassword(props: { email: string }) {
  const [sent, setSent] = createSignal(false)
  const send = async () => {
    await auth.forgotPassword({ email: props.email })
    setSent(true)
  }
  return (
    <div aria-live="polite">
      <Show when={!sent()} fallback={<Sent email={props.email} />}>
        <Button variant="primary" action={send}>
          Set a password by mail
        </Button>
      </Show>
    </div>
  )
}

function Sent(props: { email: string }) {
  return (
    <Note tone="success" title="A mail is on its way">
      <p>Open the link in the mail to {props.email}, choose a password there, and sign in with it.</p>
    </Note>
  )
}
