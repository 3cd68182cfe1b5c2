import { Show } from 'solid-js'
import { formats } from './formats.ts'
import { Note } from './note.tsx'

/** What is shown is of then, for as long as it cannot be asked for anew. */
export function OldNote(props: { of: Date | undefined }) {
  const words = (of: Date) =>
    new Intl.DateTimeFormat(formats().locale, { timeStyle: 'medium', timeZone: formats().timeZone }).format(of)
  return (
    <Show when={props.of}>
      {(of) => (
        <div role="status">
          <Note tone="warning">
            <p>
              We cannot be reached right now. This is how it stood at{' '}
              <time datetime={of().toISOString()}>{words(of())}</time>; we go on trying.
            </p>
          </Note>
        </div>
      )}
    </Show>
  )
}
