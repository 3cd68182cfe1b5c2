import { useAction } from '@solidjs/router'
import { onMount, Show } from 'solid-js'
import { signOut } from '../../account/data.ts'
import { readSession } from '../../api/session-note.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { keepRecovery } from '../second-factor/data.ts'
import { takeFragment } from '../sign-in/fragment.ts'

/** Where the second mail about lost factors leads: on to sign-in, which ends with their removal. */
export function Recover() {
  useTitle('Remove your second factors')
  const fragment = takeFragment()
  return (
    <Show when={fragment().get('token')} keyed fallback={<Missing />}>
      {(token) => <Explanation token={token} />}
    </Show>
  )
}

function Explanation(props: { token: string }) {
  const leave = useAction(signOut)
  onMount(() => keepRecovery(props.token))
  // A sign-out forgets what this tab has kept, and this with it.
  const signOutFirst = async () => {
    await leave()
    keepRecovery(props.token)
  }
  return (
    <>
      <Heading title="Remove your second factors">Sign in first, as far as you can.</Heading>
      <p>
        With your password: a link of a mail or another provider is not enough for this. Where your second factor is
        asked for, you can remove it instead. Stay in this tab for it.
      </p>
      <Show
        when={readSession()}
        fallback={
          <ButtonLink href="/sign-in" variant="primary" wide>
            Sign in
          </ButtonLink>
        }
      >
        <Button variant="primary" wide action={signOutFirst}>
          Sign out here, and in again
        </Button>
      </Show>
      <p>Found your second factor? Sign in with it instead: that ends the recovery.</p>
    </>
  )
}

function Missing() {
  return (
    <>
      <Heading title="This link is not whole" />
      <div role="alert">
        <Note tone="warning">Open it from the mail, or copy all of it.</Note>
      </div>
      <ButtonLink href="/sign-in" wide>
        Sign in
      </ButtonLink>
    </>
  )
}
