import { useAction } from '@solidjs/router'
import { createSignal, Match, Switch } from 'solid-js'
import { ButtonLink } from '../../ui/button.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import type { Begun } from './begun.ts'
import { isLinkOver, removeFactors } from './data.ts'
import { WayHeading } from './way-heading.tsx'

/** The end of a recovery, for whoever opened the link of its mail and has proved their first factor. */
export function RemovalWay(props: { begun: Begun; token: string; onDone: () => void; onOver: () => void }) {
  const remove = useAction(removeFactors)
  const [outcome, setOutcome] = createSignal<'removed' | 'over'>()
  const submit = async () => {
    try {
      await remove(props.begun, props.token)
    } catch (error) {
      if (!isLinkOver(error)) throw error
      setOutcome('over')
      return props.onOver()
    }
    setOutcome('removed')
    props.onDone()
  }
  return (
    <Switch
      fallback={
        <>
          <WayHeading title="Remove your second factors" takesFocus>
            Your authenticator app, your passkeys and your recovery codes, and you are signed out everywhere.
          </WayHeading>
          <Form submit={submit}>
            <SubmitButton wide variant="danger">
              Remove my second factors
            </SubmitButton>
          </Form>
        </>
      }
    >
      <Match when={outcome() === 'removed'}>
        <WayHeading title="Your second factors are gone" takesFocus>
          You were signed out everywhere.
        </WayHeading>
        <Note tone="success" title="Sign in once more">
          Then add a second factor again, under Security: your account is better off with one.
        </Note>
        <ButtonLink href="/sign-in" variant="primary" wide>
          Sign in
        </ButtonLink>
      </Match>
      <Match when={outcome() === 'over'}>
        <WayHeading title="This link does not work any more" takesFocus />
        <Note tone="warning">
          The recovery was stopped, took too long, or is done. You can ask for another one below, where you have none of
          your factors.
        </Note>
      </Match>
    </Switch>
  )
}
