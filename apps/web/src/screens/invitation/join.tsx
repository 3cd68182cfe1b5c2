import { createAsync, useAction } from '@solidjs/router'
import { Show } from 'solid-js'
import { getMe, signOut } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import { Region } from '../../ui/region.tsx'
import { isOver } from './data.ts'
import { join } from './join-data.ts'
import type { AnswerProps } from './page.tsx'

interface JoinProps extends AnswerProps {
  onSignedOut: () => void
}

/** For whoever is signed in: a press, if the invitation is for them. It joins nobody else. */
export function Join(props: JoinProps) {
  return (
    <Region reads={[getMe.key]} heights={[2.25]}>
      <Who {...props} />
    </Region>
  )
}

function Who(props: JoinProps) {
  const me = createAsync(() => getMe())
  const lookOnly = createLookOnly()
  const isTheirs = (email: string) => email.toLowerCase() === props.preview.email.toLowerCase()
  return (
    <Show when={me()}>
      {(person) => (
        <Show
          when={isTheirs(person().email)}
          fallback={
            <SomebodyElse email={person().email} wanted={props.preview.email} onSignedOut={props.onSignedOut} />
          }
        >
          <Show when={!lookOnly()} fallback={<LookOnlyNote when />}>
            <Accept {...props} />
          </Show>
        </Show>
      )}
    </Show>
  )
}

function Accept(props: AnswerProps) {
  const accept = useAction(join)
  const submit = () =>
    accept(props.token, props.preview).catch((error: unknown) => {
      if (!isOver(error)) throw error
      props.onOver()
    })
  return (
    <>
      <Form submit={submit}>
        <SubmitButton wide autofocus>
          Join {props.preview.organizationName}
        </SubmitButton>
      </Form>
      <ButtonLink href="/dashboard" wide>
        Not now
      </ButtonLink>
    </>
  )
}

function SomebodyElse(props: { email: string; wanted: string; onSignedOut: () => void }) {
  const leave = useAction(signOut)
  const goOn = async () => {
    await leave('/invitation')
    props.onSignedOut()
  }
  return (
    <>
      <Note tone="warning" title="You are signed in as somebody else">
        <p>
          As {props.email}. The invitation is for {props.wanted}, and nobody else can accept it.
        </p>
      </Note>
      <Button variant="primary" wide action={goOn}>
        Sign out and go on
      </Button>
      <ButtonLink href="/dashboard" wide>
        Stay signed in
      </ButtonLink>
    </>
  )
}
