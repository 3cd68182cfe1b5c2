import { A } from '@solidjs/router'
import { createSignal, type JSX, onMount, Show } from 'solid-js'
import { categoryWords, mailsOf } from '../../account/categories.ts'
import { readSession } from '../../api/session-note.ts'
import { unsubscribing } from '../../api/unsubscribing.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Heading } from '../../ui/heading.tsx'
import { Note } from '../../ui/note.tsx'
import { type Stoppable, wayToPreferences } from './data.ts'

export interface ChoiceProps {
  token: string
  about: Stoppable
  /** Whether these e-mails are stopped already. */
  off: boolean
}

/** Stops e-mails at a press, and sends them again at another. */
export function Choice(props: ChoiceProps) {
  const [off, setOff] = createSignal(props.off)
  const [acted, setActed] = createSignal(false)
  const send = async (undo: boolean) => {
    await unsubscribing.unsubscribe({ token: props.token, ...(undo && { undo }) })
    setOff(!undo)
    setActed(true)
  }
  return (
    <>
      <Show when={off()} fallback={<Question about={props.about} restored={acted()} stop={() => send(false)} />}>
        <Stopped about={props.about} justNow={acted()} undo={() => send(true)} />
      </Show>
      <p>
        <A href={wayToPreferences(readSession() !== undefined)}>Choose what else reaches you</A>
      </p>
    </>
  )
}

function Question(props: { about: Stoppable; restored: boolean; stop: () => Promise<void> }) {
  return (
    <>
      <Told when={props.restored} title={`Stop ${mailsOf(props.about.category)}?`}>
        To {props.about.address}. {containsOf(props.about.category)}
      </Told>
      <Show when={props.restored}>
        <Note tone="success" title="You get them again">
          It is as it was before.
        </Note>
      </Show>
      <Form submit={() => props.stop()}>
        <SubmitButton wide>Stop these e-mails</SubmitButton>
      </Form>
      <p>Other mails still come, and your inbox in Lightpress stays as it is.</p>
    </>
  )
}

function Stopped(props: { about: Stoppable; justNow: boolean; undo: () => Promise<void> }) {
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

function containsOf(what: Stoppable['category']): string {
  return what === 'digest' ? 'What happened since the last, in one mail.' : categoryWords[what].contains
}
