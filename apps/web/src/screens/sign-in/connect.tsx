import { createAsync, Navigate, useAction, useSearchParams } from '@solidjs/router'
import { onMount, Show } from 'solid-js'
import { nextPath } from '../../api/next-path.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { useTitle } from '../../ui/page.tsx'
import { toast } from '../../ui/toast.ts'
import { linkProvider } from './connect-data.ts'
import { Notes } from './notes.tsx'
import { connectPath, nameOfProvider } from './provider-paths.ts'
import { getProvidersIfAny } from './providers.ts'

/**
 * After a sign-in that a provider could not do, since somebody has the address it told: whether it may from now on. A
 * question, and not done at once: who sits there sees first whose account it is. The provider leads back to here.
 */
export function Connect() {
  useTitle('Link a sign-in')
  const [search] = useSearchParams<{ provider: string; next: string; back: string; problem: string }>()
  const providers = createAsync(() => getProvidersIfAny())
  const link = useAction(linkProvider)
  const name = () => nameOfProvider(providers(), search.provider)
  const next = () => nextPath(search.next, location.origin)
  const back = () => connectPath(search.provider ?? '', search.next, { isBack: true })
  return (
    <Show when={!search.back || search.problem} fallback={<Linked name={name()} next={next()} />}>
      <Heading title={`Link ${name()} to your account?`}>
        From then on it signs you in here, without a password.
      </Heading>
      <Show when={search.problem}>
        <Notes problem={search.problem} provider={search.provider} />
      </Show>
      <Form submit={() => link(search.provider ?? '', back())}>
        <SubmitButton wide>Link {name()}</SubmitButton>
      </Form>
      <ButtonLink href={next()} wide>
        Not now
      </ButtonLink>
    </Show>
  )
}

function Linked(props: { name: string; next: string }) {
  onMount(() => toast({ title: `Linked ${props.name}`, detail: 'You can sign in with it from now on.' }))
  return <Navigate href={props.next} />
}
