import type { WebhookAttempt, WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { Show } from 'solid-js'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Note } from '../../ui/note.tsx'
import { Actions } from '../../ui/settings.tsx'
import { answerOf, durationWords } from '../webhooks/delivery-words.ts'

/** What came of a test, and what to make of it. */
export function TestDialog(props: { delivery: WebhookDeliveryDetails; onClose: () => void }) {
  const attempt = () => props.delivery.attemptLog.at(-1)
  const taken = () => props.delivery.status === 'delivered'
  return (
    <Dialog open onOpenChange={props.onClose} title={taken() ? 'The test was taken' : 'The test was not taken'}>
      <Show when={attempt()}>
        {(known) => (
          <>
            <Note
              tone={taken() ? 'success' : 'danger'}
              title={`${answerOf(known()).label}, in ${durationWords(known().durationMs)}`}
            >
              <p>{known().error ?? meaningOf(known(), taken())}</p>
            </Note>
            <Show when={known().responseBody}>
              {(body) => (
                <CodeBlock
                  title="What it answered"
                  what="answer"
                  code={body()}
                  {...(known().responseTruncated && { hint: 'This is the beginning of it; the rest was not kept.' })}
                />
              )}
            </Show>
          </>
        )}
      </Show>
      <Actions>
        <ButtonLink
          href={`/organization/webhooks/${props.delivery.endpointId}/deliveries/${props.delivery.id}`}
          variant="quiet"
        >
          See the delivery
        </ButtonLink>
        <Button onClick={() => props.onClose()} autofocus>
          Done
        </Button>
      </Actions>
    </Dialog>
  )
}

function meaningOf({ responseStatus }: Pick<WebhookAttempt, 'responseStatus'>, taken: boolean): string {
  if (taken) return 'Your server has it. Look there whether it checked the signature, too.'
  return responseStatus === 410
    ? 'To a real event, 410 would switch the endpoint off: it says that nothing is to be sent there any more. A test does not count.'
    : 'Anything but 200 to 299 counts as not taken.'
}
