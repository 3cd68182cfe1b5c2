import { createAsync, Navigate, useAction, useSearchParams } from '@solidjs/router'
import { Match, onMount, Show, Switch } from 'solid-js'
import { nextPath, signInPath } from '../../api/next-path.ts'
import { readSession } from '../../api/session-note.ts'
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
  const name = () => nameOfProvider(providers(), search.provider)
  const next = () => nextPath(search.next, location.origin)
  return (
    <Switch
      fallback={<Question provider={search.provider ?? ''} name={name()} next={next()} problem={search.problem} />}
    >
      <Match when={!readSession()}>
        <Navigate href={signInPath(location)} />
      </Match>
      <Match when={search.back && !search.problem}>
        {/* It is told by its name, which is asked for first. */}
        <Show when={providers()}>
          <Linked name={name()} next={next()} />
        </Show>
      </Match>
    </Switch>
  )
}

interface QuestionProps {
  provider: string
  name: string
  next: string
  problem: string | undefined
}

function Question(props: QuestionProps) {
  const link = useAction(linkProvider)
  return (
    <>
      <Heading title={`Link ${props.name} to your account?`}>
        From then on it signs you in here, without a password.
      </Heading>
      <Show when={props.problem}>
        <Notes problem={props.problem} provider={props.provider} />
      </Show>
      <Form submit={() => link(props.provider, connectPath(props.provider, props.next, { isBack: true }))}>
        <SubmitButton wide>Link {props.name}</SubmitButton>
      </Form>
      <ButtonLink href={props.next} wide>
        Not now
      </ButtonLink>
    </>
  )
}

function Linked(props: { name: string; next: string }) {
  onMount(() => toast({ title: `Linked ${props.name}`, detail: 'You can sign in with it from now on.' }))
  return <Navigate href={props.next} />
}
