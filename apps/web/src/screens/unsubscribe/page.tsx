import { A } from '@solidjs/router'
import { createResource, createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js'
import { categoryWords, mailsOf } from '../../account/categories.ts'
import { useLinkToken } from '../../api/link-token.ts'
import { readSession } from '../../api/session-note.ts'
import { unsubscribing } from '../../api/unsubscribing.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { FailedState } from '../../ui/failed-state.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { isNoLink, type Stoppable, wayToPreferences } from './data.ts'

/** Where the foot of a mail leads. It takes a press: whatever reads mail for viruses opens links, too. */
export function Unsubscribe() {
  useTitle('Stop e-mails')
  const token = useLinkToken()
  return (
    <Show when={token()} keyed fallback={<NoLink />}>
      {(known) => <Opened token={known} />}
    </Show>
  )
}

function Opened(props: { token: string }) {
  const [found, { refetch }] = createResource(() => unsubscribing.readUnsubscribe({ token: props.token }))
  return (
    <Switch
      fallback={
        <>
          <Heading title="Stop e-mails">A moment: the link is being read.</Heading>
          <Skeleton heights={[2.25]} />
        </>
      }
    >
      <Match when={isNoLink(found.error)}>
        <NoLink />
      </Match>
      <Match when={found.error as unknown}>
        {(error) => (
          <>
            <Heading title="Stop e-mails">The link could not be read yet; it stays good.</Heading>
            <FailedState error={error()} retry={async () => refetch()} />
          </>
        )}
      </Match>
      <Match when={found.state === 'ready' && found()}>
        {(known) => <Choice token={props.token} about={known()} off={known().off} />}
      </Match>
    </Switch>
  )
}

interface ChoiceProps {
  token: string
  about: Stoppable
}

function Choice(props: ChoiceProps & { off: boolean }) {
  const [off, setOff] = createSignal(props.off)
  const [acted, setActed] = createSignal(false)
  const send = async (undo: boolean) => {
    await unsubscribing.unsubscribe({ token: props.token, ...(undo && { undo }) })
    setOff(!undo)
    setActed(true)
  }
  return (
    <>
      <Show when={off()} fallback={<Question {...props} restored={acted()} stop={() => send(false)} />}>
        <Stopped {...props} justNow={acted()} undo={() => send(true)} />
      </Show>
      <p>
        <A href={wayToPreferences(readSession() !== undefined)}>Choose what else reaches you</A>
      </p>
    </>
  )
}

function Question(props: ChoiceProps & { restored: boolean; stop: () => Promise<void> }) {
  const mails = () => mailsOf(props.about.category)
  return (
    <>
      <Told when={props.restored} title={`Stop ${mails()}?`}>
        To {props.about.address}. {containsOf(props.about.category)}
      </Told>
      <Show when={props.restored}>
        <Note tone="success" title="You get them again">
          Nothing has changed.
        </Note>
      </Show>
      <Form submit={() => props.stop()}>
        <SubmitButton wide>Stop these e-mails</SubmitButton>
      </Form>
      <p>Other mails still come, and what these would have told stays in your inbox in Lightpress.</p>
    </>
  )
}

function containsOf(what: Stoppable['category']): string {
  return what === 'digest' ? 'What happened since the last, in one mail.' : categoryWords[what].contains
}

function Stopped(props: ChoiceProps & { justNow: boolean; undo: () => Promise<void> }) {
  return (
    <>
      <Told when={props.justNow} title="These e-mails are stopped">
        {props.about.address} gets no more {mailsOf(props.about.category)}.
      </Told>
      <Form submit={() => props.undo()}>
        <SubmitButton variant="secondary" wide>
          {props.justNow ? 'Undo' : 'Send them again'}
        </SubmitButton>
      </Form>
    </>
  )
}

/** When it comes of a press it takes the focus, which the button had. */
function Told(props: { when: boolean; title: string; children: JSX.Element }) {
  let heading!: HTMLDivElement
  onMount(() => props.when && heading.focus())
  return (
    <div ref={heading} tabIndex={-1} role="status">
      <Heading title={props.title}>{props.children}</Heading>
    </div>
  )
}

function NoLink() {
  const signedIn = () => readSession() !== undefined
  return (
    <>
      <Heading title="This link does not work" />
      <div role="alert">
        <Note tone="warning" title="Nothing was changed">
          It is not whole, or too old. Open it from the mail, or copy all of it; or choose in your preferences what
          reaches you.
        </Note>
      </div>
      <ButtonLink href={wayToPreferences(signedIn())} variant="primary" wide>
        {signedIn() ? 'Go to your preferences' : 'Sign in to choose'}
      </ButtonLink>
    </>
  )
}
