import type { Credentials } from '@lightpress/auth-contract'
import { createAsync } from '@solidjs/router'
import { Show } from 'solid-js'
import { getMe } from '../account/data.ts'
import { passkeyObstacle } from '../api/passkeys.ts'
import { Note } from '../ui/note.tsx'
import { SetPassword } from './set-password.tsx'

/** Nothing that could be proved with is at hand here. */
export function NoWay(props: { credentials: Credentials }) {
  const me = createAsync(() => getMe())
  const hasPasskey = () => props.credentials.passkeys.length > 0
  return (
    <Show
      when={hasPasskey()}
      fallback={
        <>
          <p>Your account has nothing yet that it could be confirmed with. A password will do.</p>
          <Show when={me()}>{(person) => <SetPassword email={person().email} />}</Show>
        </>
      }
    >
      <Note tone="warning" title="Your passkey cannot be used here">
        <p>{passkeyObstacle()}</p>
      </Note>
    </Show>
  )
}
