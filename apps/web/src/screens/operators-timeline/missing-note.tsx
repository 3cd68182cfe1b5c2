import { Show } from 'solid-js'
import { Note } from '../../ui/note.tsx'
import { missingWords } from './words.ts'

/** Whom of the modules nobody could ask: what they know does not stand here. */
export function MissingNote(props: { modules: readonly string[] }) {
  return (
    <Show when={props.modules.length > 0}>
      <Note tone="warning">
        <p>{missingWords(props.modules)}</p>
      </Note>
    </Show>
  )
}
