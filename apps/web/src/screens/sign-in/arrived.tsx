import { Navigate, useNavigate, useSearchParams } from '@solidjs/router'
import { createSignal, onMount, Show } from 'solid-js'
import { nextPath } from '../../api/next-path.ts'
import { isStillSignedIn } from '../../api/session.ts'
import { FailedState } from '../../ui/failed-state.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'

/**
 * Where a provider leads who has signed in there. Its answer has set the cookies of a session, and no script of ours
 * saw it: the session is asked for once, so that it is noted here, and in every other tab.
 */
export function Arrived() {
  useTitle('Signing in')
  const [search] = useSearchParams<{ next: string }>()
  const navigate = useNavigate()
  const [failure, setFailure] = createSignal<unknown>()
  const [refused, setRefused] = createSignal(false)
  const next = () => nextPath(search.next, location.origin)

  const look = async () => {
    try {
      if (await isStillSignedIn()) navigate(next(), { replace: true })
      else setRefused(true)
    } catch (error) {
      setFailure(error)
    }
  }
  onMount(() => void look())

  return (
    <Show when={!refused()} fallback={<Navigate href={`/sign-in?${new URLSearchParams({ next: next() })}`} />}>
      <Heading title="Signing you in">A moment: you go on where you wanted to.</Heading>
      <Show when={failure()} fallback={<Skeleton heights={[2.25]} />}>
        {(error) => <FailedState error={error()} retry={look} />}
      </Show>
    </Show>
  )
}
