import { onMount, Show } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
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
  onMount(() => keepRecovery(props.token))
  return (
    <>
      <Heading title="Remove your second factors">Sign in first, as far as you can.</Heading>
      <p>
        With your password, or whatever you sign in with. Where your second factor is asked for, you can remove it
        instead. Stay in this tab for it.
      </p>
      <ButtonLink href="/sign-in" variant="primary" wide>
        Sign in
      </ButtonLink>
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
