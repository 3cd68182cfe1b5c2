import type { WebhookEndpoint } from '@lightpress/notifications-contract'
import { useAction } from '@solidjs/router'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form, SubmitButton, type Values } from '../../ui/form.tsx'
import { SelectField } from '../../ui/select-field.tsx'
import { Actions } from '../../ui/settings.tsx'
import { toast } from '../../ui/toast.ts'
import { replayMissedWebhooks } from '../webhooks/data.ts'
import { replayAll, replayedWords, sinceChoices } from './missed.ts'

/** After an outage: everything at once that was not taken, and was not replayed yet. */
export function ReplayMissedDialog(props: { endpoint: WebhookEndpoint; onClose: () => void }) {
  const replay = useAction(replayMissedWebhooks)
  const submit = async ({ since = '24' }: Values) => {
    const from = new Date(Date.now() - Number(since) * 3_600_000).toISOString()
    await replayAll(
      (cursor) => replay(props.endpoint.id, from, cursor),
      (count) => toast({ title: replayedWords(count) }),
    )
    props.onClose()
  }
  return (
    <Dialog
      open
      onOpenChange={props.onClose}
      title="Replay what was missed?"
      description={
        <>
          <bdi>{props.endpoint.url}</bdi> gets once more what failed or was cancelled, with the same{' '}
          <code>webhook-id</code>: what was replayed since is left out.
        </>
      }
    >
      <Form submit={submit}>
        <SelectField
          name="since"
          label="What happened since"
          value="24"
          options={sinceChoices}
          help="A thousand replays an hour at most. What is left then is replayed when you do this again."
        />
        <Actions>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <SubmitButton>Replay</SubmitButton>
        </Actions>
      </Form>
    </Dialog>
  )
}
