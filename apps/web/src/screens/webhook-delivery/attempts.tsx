import type { WebhookAttempt, WebhookDeliveryDetails } from '@lightpress/notifications-contract'
import { For, Show } from 'solid-js'
import { Badge } from '../../ui/badge.tsx'
import { Card } from '../../ui/card.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { FoldedRow } from '../../ui/folded-row.tsx'
import { createLasting } from '../../ui/lasting.ts'
import { Rows } from '../../ui/rows.tsx'
import { answerOf, durationWords, headerLines } from '../webhooks/delivery-words.ts'

/** Each attempt behind a line; the latest is open, since it is what one comes for. */
export function Attempts(props: { delivery: WebhookDeliveryDetails }) {
  // What is unfolded stays so while the next attempt comes in.
  const attempts = createLasting(
    () => props.delivery.attemptLog.toSorted((one, other) => other.number - one.number),
    ({ number }) => String(number),
  )
  return (
    <Show
      when={attempts().length > 0}
      fallback={
        <Card>
          <p>{props.delivery.status === 'pending' ? 'It was not sent yet.' : 'It was never sent.'}</p>
        </Card>
      }
    >
      <Rows label="Attempts">
        <For each={attempts()}>{(attempt, index) => <AttemptRow attempt={attempt} open={index() === 0} />}</For>
      </Rows>
    </Show>
  )
}

function AttemptRow(props: { attempt: WebhookAttempt; open: boolean }) {
  const answer = () => answerOf(props.attempt)
  const what = (part: string) => `${part} of attempt ${props.attempt.number}`
  return (
    <FoldedRow
      open={props.open}
      title={`Attempt ${props.attempt.number}`}
      badge={<Badge tone={answer().tone}>{answer().label}</Badge>}
      detail={[durationWords(props.attempt.durationMs), props.attempt.error].filter(Boolean).join(' · ')}
      at={props.attempt.at}
    >
      <CodeBlock
        title="Request headers"
        what={what('request headers')}
        code={headerLines(props.attempt.requestHeaders)}
      />
      <Show when={props.attempt.responseStatus !== null}>
        <CodeBlock
          title="Answer headers"
          what={what('answer headers')}
          code={headerLines(props.attempt.responseHeaders)}
        />
        <Show when={props.attempt.responseBody} fallback={<p>The answer had no body.</p>}>
          {(body) => (
            <CodeBlock
              title="Answer body"
              what={what('answer body')}
              code={body()}
              {...(props.attempt.responseTruncated && { beside: <Badge tone="warning">Cut off</Badge> })}
              {...(props.attempt.responseTruncated && { hint: 'The beginning of it, 4 KiB; the rest was not kept.' })}
            />
          )}
        </Show>
      </Show>
    </FoldedRow>
  )
}
