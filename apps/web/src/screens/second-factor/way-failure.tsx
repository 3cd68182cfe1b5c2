import { isAppError } from '@lightpress/protocol'
import { Show } from 'solid-js'
import { explain } from '../../ui/failure.ts'
import { Note } from '../../ui/note.tsx'
import { TryAgain } from '../../ui/try-again.tsx'

/** Why a way in that is a single press did not lead in. To have closed the browser's dialog is no failure. */
export function WayFailure(props: { error: unknown }) {
  const closed = () => isAppError(props.error) && props.error.reason === 'web.passkey_refused'
  return (
    <Show when={props.error} keyed>
      {(error) => {
        const { title, advice, requestId, retryAfter } = explain(error)
        return (
          <div role="alert">
            <Note tone={closed() ? 'info' : 'danger'} title={closed() ? undefined : title} requestId={requestId}>
              {retryAfter === undefined ? advice : <TryAgain after={retryAfter} />}
            </Note>
          </div>
        )
      }}
    </Show>
  )
}
