import { type Accessor, Show } from 'solid-js'
import { Note } from '../ui/note.tsx'
import { createKnownSession } from './known-session.ts'

/** Whether an operator acts as the person: what protects the account they see, and do not change. */
export function createLookOnly(): Accessor<boolean> {
  const session = createKnownSession()
  return () => (session()?.impersonation ?? null) !== null
}

export function LookOnlyNote(props: { when: boolean }) {
  return (
    <Show when={props.when}>
      <Note tone="info" title="You can look, and change nothing">
        <p>What protects an account is changed by its owner, and by nobody who acts as them.</p>
      </Note>
    </Show>
  )
}
