import { Navigate, type RouteSectionProps, useSearchParams } from '@solidjs/router'
import { Show } from 'solid-js'
import { nextPath } from '../api/next-path.ts'
import { readSession } from '../api/session-note.ts'

/** For those who are not signed in; who is, goes on to where they wanted, or to the dashboard. */
export function Strangers(props: RouteSectionProps) {
  const [search] = useSearchParams<{ next: string }>()
  return (
    <Show when={!readSession()} fallback={<Navigate href={nextPath(search.next, location.origin)} />}>
      {props.children}
    </Show>
  )
}
