import { Navigate, type RouteSectionProps, useSearchParams } from '@solidjs/router'
import { createSignal, onCleanup, Show } from 'solid-js'
import { nextPath } from '../api/next-path.ts'
import { onOtherTab, readSession } from '../api/session-note.ts'

/** For those who are not signed in; who is, or is so in another tab, goes on to where they wanted, or to the dashboard. */
export function Strangers(props: RouteSectionProps) {
  const [search] = useSearchParams<{ next: string }>()
  const [known, setKnown] = createSignal(readSession() !== undefined)
  onCleanup(onOtherTab((did) => setKnown(did !== 'ended')))
  return (
    <Show when={!known()} fallback={<Navigate href={nextPath(search.next, location.origin)} />}>
      {props.children}
    </Show>
  )
}
