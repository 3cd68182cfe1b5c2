import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import { createAsync, useAction } from '@solidjs/router'
import { createSignal, Match, Show, Suspense, Switch } from 'solid-js'
import { getMe } from '../../account/data.ts'
import { createLookOnly, LookOnlyNote } from '../../account/look-only.tsx'
import { screen } from '../../screen.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Note } from '../../ui/note.tsx'
import { Row, Rows } from '../../ui/rows.tsx'
import { Actions, Settings, SettingsGroup } from '../../ui/settings.tsx'
import { CalendarDate, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.ts'
import { deleteWebhookEndpoint, updateWebhookEndpoint } from '../webhooks/data.ts'
import { EndpointFields, endpointOf } from '../webhooks/endpoint-fields.tsx'
import { Verify } from './verify.tsx'

const RotateDialog = screen(() => import('./rotate-dialog.tsx'), 'RotateDialog')

/** Where it is, what it hears of, by what it is signed, and its end. */
export function EndpointSettings(props: { endpoint: WebhookEndpoint }) {
  const me = createAsync(() => getMe())
  const lookOnly = createLookOnly()
  return (
    <Settings>
      <LookOnlyNote when={lookOnly()} />
      <SettingsGroup title="Endpoint" lead="Where we send, and what of. A change holds for what is sent from then on.">
        <Show when={me()}>
          {(person) => (
            <Show when={props.endpoint.id} keyed>
              <Edit endpoint={props.endpoint} owner={person().id} lookOnly={lookOnly()} />
            </Show>
          )}
        </Show>
      </SettingsGroup>
      <SettingsGroup
        title="Signing secret"
        lead="Your server tells our requests from everybody else’s by their signature. Let it refuse what has none."
      >
        <Secret endpoint={props.endpoint} lookOnly={lookOnly()} />
      </SettingsGroup>
      <Show when={!lookOnly()}>
        <SettingsGroup title="On and off" lead="For a while, or for good.">
          <Switching endpoint={props.endpoint} />
        </SettingsGroup>
      </Show>
    </Settings>
  )
}

/** `owner` is whose draft it is, while it is being typed. */
function Edit(props: { endpoint: WebhookEndpoint; owner: string; lookOnly: boolean }) {
  const update = useAction(updateWebhookEndpoint)
  return (
    <Card>
      <Form
        name={`webhook-endpoint-${props.endpoint.id}`}
        owner={props.owner}
        submit={async (values) => {
          await update(props.endpoint.id, endpointOf(values))
          toast({ title: 'Saved' })
        }}
      >
        <EndpointFields endpoint={props.endpoint} lookOnly={props.lookOnly} />
        <Show when={!props.lookOnly}>
          <Actions>
            <SubmitButton>Save changes</SubmitButton>
          </Actions>
        </Show>
      </Form>
    </Card>
  )
}

function Secret(props: { endpoint: WebhookEndpoint; lookOnly: boolean }) {
  const [rotating, setRotating] = createSignal(false)
  return (
    <Card>
      <Show when={props.endpoint.oldSecretUntil}>
        {(until) => (
          <Note tone="info" title="Two secrets sign at the moment">
            <p>
              The one before signs as well until <CalendarDate at={until()} /> (<Time at={until()} />
              ). By then your server must know the new one.
            </p>
          </Note>
        )}
      </Show>
      <Verify />
      <Show when={!props.lookOnly}>
        <Actions>
          <Button action={() => RotateDialog.preload().then(() => setRotating(true))}>Rotate the secret…</Button>
        </Actions>
      </Show>
      <Suspense>
        <Show when={rotating()}>
          <RotateDialog endpointId={props.endpoint.id} onClose={() => setRotating(false)} />
        </Show>
      </Suspense>
    </Card>
  )
}

function Switching(props: { endpoint: WebhookEndpoint }) {
  const update = useAction(updateWebhookEndpoint)
  const remove = useAction(deleteWebhookEndpoint)
  const [asked, setAsked] = createSignal(false)
  const enable = async (enabled: boolean) => {
    await update(props.endpoint.id, { enabled })
    toast({
      title: enabled ? 'The endpoint is enabled' : 'The endpoint is disabled',
      // Nothing is lost by it but what happens meanwhile, so it is not asked about beforehand.
      ...(!enabled && { undo: () => void enable(true) }),
    })
  }
  return (
    <>
      <Rows label="On and off">
        <Switch>
          <Match when={props.endpoint.status === 'enabled'}>
            <Row title="Disable" action={<Button action={() => enable(false)}>Disable</Button>}>
              Nothing is sent any more. What happens meanwhile is not sent later either.
            </Row>
          </Match>
          <Match when={props.endpoint.status === 'disabled'}>
            <Row title="Enable" action={<Button action={() => enable(true)}>Enable</Button>}>
              What happens from then on is sent. What happened before is not.
            </Row>
          </Match>
        </Switch>
        <Row
          title="Delete"
          action={
            <Button variant="danger" onClick={() => setAsked(true)}>
              Delete…
            </Button>
          }
        >
          With its log, for good. What is still to be sent is not sent.
        </Row>
      </Rows>
      <Show when={asked()}>
        <ConfirmDialog
          title="Delete this endpoint?"
          typed={new URL(props.endpoint.url).host}
          action="Delete endpoint"
          run={async () => {
            await remove(props.endpoint.id)
            toast({ title: 'The endpoint is deleted' })
          }}
          onClose={() => setAsked(false)}
        >
          <bdi>{props.endpoint.url}</bdi> is told of nothing any more, and what it was told goes with it. Nobody can
          bring it back.
        </ConfirmDialog>
      </Show>
    </>
  )
}
