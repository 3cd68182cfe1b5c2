import { isAppError } from '@lightpress/protocol'
import { useAction, useNavigate } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { explain, type Failure } from '../../ui/failure.ts'
import { Form, SubmitButton } from '../../ui/form.tsx'
import { Actions } from '../../ui/settings.tsx'
import { createWebhookEndpoint } from './data.ts'
import { EndpointFields, endpointOf } from './endpoint-fields.tsx'
import { SigningSecretDialog } from './signing-secret-dialog.tsx'

/**
 * From what is asked to the secret, and from there to the endpoint: a test is the next thing to do. `owner` is whose draft
 * it is while it is being typed.
 */
export function CreateDialog(props: { owner: string; onClose: () => void }) {
  const create = useAction(createWebhookEndpoint)
  const navigate = useNavigate()
  const [made, setMade] = createSignal<{ id: string; secret: string }>()
  return (
    <Show
      when={made()}
      fallback={
        <Dialog
          open
          onOpenChange={props.onClose}
          title="Add an endpoint"
          description="We call it when something happens in your organisation, and again later if it does not answer."
        >
          <Form
            name="webhook-endpoint"
            owner={props.owner}
            submit={async (values) => setMade(await create(endpointOf(values)))}
            explain={tell}
          >
            <EndpointFields />
            <Actions>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <SubmitButton>Add endpoint</SubmitButton>
            </Actions>
          </Form>
        </Dialog>
      }
    >
      {(known) => (
        <SigningSecretDialog
          secret={known().secret}
          onClose={() => {
            const { id } = known()
            props.onClose()
            navigate(`/organization/webhooks/${id}`)
          }}
        />
      )}
    </Show>
  )
}

/** Somebody else has added the last one that there was room for. */
function tell(error: unknown): Failure {
  const failure = explain(error)
  const isFull = isAppError(error) && error.reason === 'notifications.webhook_endpoint_limit'
  return isFull ? { ...failure, title: 'That is as many as there can be' } : failure
}
