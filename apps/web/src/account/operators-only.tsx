import { createAsync } from '@solidjs/router'
import { type JSX, Show } from 'solid-js'
import { getSession } from './data.ts'
import { Heading } from '../ui/heading.tsx'
import { Note } from '../ui/note.tsx'

/** Whoever is no operator is told so, instead of a refusal for each part. The server is who decides. */
export function OperatorsOnly(props: { title: string; children: JSX.Element }) {
  const session = createAsync(() => getSession())
  return (
    <Show when={session()}>
      {(known) => (
        <Show
          when={known().operator}
          fallback={
            <>
              <Heading title={props.title} />
              <Note tone="info">
                <p>This is for the operators of Lightpress.</p>
              </Note>
            </>
          }
        >
          {props.children}
        </Show>
      )}
    </Show>
  )
}
