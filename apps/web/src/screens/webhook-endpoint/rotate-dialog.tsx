import { useAction } from '@solidjs/router'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton, type Values } from '../../ui/form.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { Actions } from '../../ui/settings.tsx'
import { rotateWebhookSecret } from '../webhooks/data.ts'
import { SigningSecretDialog } from '../webhooks/signing-secret-dialog.tsx'
import { overlapChoices, overlapWords } from './overlap.ts'

/** How long the old secret is to sign as well, and then the new one. */
export function RotateDialog(props: { endpointId: string; onClose: () => void }) {
  const rotate = useAction(rotateWebhookSecret)
  const [hours, setHours] = createSignal('24')
  const [secret, setSecret] = createSignal<string>()
  const submit = async ({ overlap = '24' }: Values) =>
    setSecret((await rotate(props.endpointId, Number(overlap))).secret)
  return (
    <Show
      when={secret()}
      fallback={
        <Dialog
          open
          onOpenChange={props.onClose}
          title="Rotate the signing secret"
          description="A new secret is made at once, and shown to you. Do it when somebody leaves who knew the old one, or when it may have been seen."
        >
          <Form submit={submit}>
            <SelectField
              name="overlap"
              label="The old one signs as well"
              value={hours()}
              options={overlapChoices}
              onChange={setHours}
              help={overlapWords(Number(hours()))}
            />
            <Actions>
              <Button onClick={() => props.onClose()}>Cancel</Button>
              <SubmitButton>Make a new secret</SubmitButton>
            </Actions>
          </Form>
        </Dialog>
      }
    >
      {(known) => <SigningSecretDialog secret={known()} onClose={() => props.onClose()} />}
    </Show>
  )
}
