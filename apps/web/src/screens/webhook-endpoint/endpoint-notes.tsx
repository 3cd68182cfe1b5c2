import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import { useAction } from '@solidjs/router'
import { Match, Show, Switch } from 'solid-js'
import { createLookOnly } from '../../account/look-only.tsx'
import { Button } from '../../ui/button.tsx'
import { Note } from '../../ui/note.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { updateWebhookEndpoint } from '../webhooks/data.ts'
import { stateOf } from '../webhooks/endpoint-state.ts'

/** Why nothing arrives, or may soon not arrive any more, and what somebody can do. */
export function EndpointNotes(props: { endpoint: WebhookEndpoint }) {
  const state = () => stateOf(props.endpoint)
  return (
    <Switch>
      <Match when={state() === 'given_up'}>
        <Note tone="danger" title="We switched it off, because it failed" action={<Enable endpoint={props.endpoint} />}>
          <p>
            It has taken nothing
            <Show when={props.endpoint.failingSince}>
              {(at) => (
                <>
                  {' '}
                  since <CalendarDate at={at()} />
                </>
              )}
            </Show>
            . Mend your server, send it a test, and enable the endpoint. What happens meanwhile stands in the log, and
            is not sent by itself: replay it then.
          </p>
        </Note>
      </Match>
      <Match when={state() === 'gone'}>
        <Note
          tone="danger"
          title="We switched it off, because it is gone"
          action={<Enable endpoint={props.endpoint} />}
        >
          <p>
            Your server answered 410, which says that nothing is to be sent there any more. Change the URL, or enable it
            if that was a mistake. What happens meanwhile stands in the log, to be replayed then.
          </p>
        </Note>
      </Match>
      <Match when={state() === 'disabled'}>
        <Note tone="info" action={<Enable endpoint={props.endpoint} />}>
          <p>It is disabled: nothing is sent to it, and what happens meanwhile is not sent later either.</p>
        </Note>
      </Match>
      <Match when={state() === 'failing' && props.endpoint.failingSince}>
        {(at) => (
          <Note tone="warning" title="It takes nothing at the moment">
            <p>
              First failure: <Time at={at()} />. We go on trying, less and less often, and switch the endpoint off if it
              takes nothing for three days. The log has what it answers.
            </p>
          </Note>
        )}
      </Match>
    </Switch>
  )
}

function Enable(props: { endpoint: WebhookEndpoint }) {
  const update = useAction(updateWebhookEndpoint)
  const enable = async () => {
    await update(props.endpoint.id, { enabled: true })
    toast({ title: 'The endpoint is enabled' })
  }
  const lookOnly = createLookOnly()
  return (
    <Show when={!lookOnly()}>
      <Button size="small" action={enable}>
        Enable
      </Button>
    </Show>
  )
}
