import { settingsOf } from '../state/settings.ts'
import type { Delivery, State } from '../state/state.ts'
import type { End } from './delivery.ts'
import type { Reach } from './reach.ts'
import { givesUpAfter, waitAfterRefusals } from './retry-waits.ts'
import { sendWebhook, type WebhookAnswer } from './webhook-request.ts'

/** What became of an attempt: it ended the delivery, or there is to be another, at once when the endpoint is back or later. */
export type Attempted = End | 'away' | 'refused'

/** Sends a delivery once, if there is still something to send and somebody to send it to. */
export async function attempt(
  delivery: Delivery,
  { state, reach, stopping }: { state: State; reach: Reach; stopping: AbortSignal },
): Promise<Attempted> {
  const record = state.endpoints.get(delivery.endpoint)
  const event = state.events.get(delivery.event)
  if (!record) return { status: 'failed', answer: 'the endpoint was removed' }
  if (record.endpoint.status === 'disabled') return { status: 'failed', answer: 'the endpoint is disabled' }
  if (!event) return { status: 'failed', answer: 'the event is no longer kept' }
  const answer = await sendWebhook(event, record, stopping)
  if (stopping.aborted) return 'away'
  const { url } = record.endpoint
  Object.assign(delivery, {
    url,
    attempts: delivery.attempts + 1,
    lastAttempt: Date.now(),
    answer: answer.text,
  } satisfies Partial<Delivery>)
  reach.note(answer, url)
  return outcomeOf(answer, delivery, state)
}

function outcomeOf({ result, text }: WebhookAnswer, delivery: Delivery, state: State): Attempted {
  if (result === 'accepted') return { status: 'delivered', answer: text }
  if (result === 'down') {
    return Date.now() - delivery.since > givesUpAfter ? { status: 'failed', answer: text } : 'away'
  }
  delivery.refusals += 1
  const wait = waitAfterRefusals(delivery.refusals, settingsOf(state).webhookPace)
  if (wait === null) return { status: 'failed', answer: text }
  delivery.due = Date.now() + wait
  return 'refused'
}
