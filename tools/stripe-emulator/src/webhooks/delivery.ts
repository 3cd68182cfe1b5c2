import { newId } from '../ids.ts'
import type { Delivery, EndpointRecord, EventRecord, State } from '../state/state.ts'

export function newDelivery(event: EventRecord, { id, url }: EndpointRecord['endpoint']): Delivery {
  return {
    id: newId('dlv'),
    event: event.id,
    type: event.type,
    endpoint: id,
    url,
    status: 'pending',
    attempts: 0,
    refusals: 0,
    created: Date.now(),
    due: Date.now(),
    counted: true,
    chaos: null,
    held: null,
    lastAttempt: null,
    answer: null,
  }
}

/** It ends here, until somebody redelivers it. */
export function settle(
  delivery: Delivery,
  { status, answer }: { status: 'delivered' | 'failed'; answer: string },
  { events }: State,
): void {
  delivery.status = status
  delivery.answer = answer
  delivery.held = null
  const event = events.get(delivery.event)
  if (status !== 'delivered' || !delivery.counted || !event) return
  delivery.counted = false
  event.pending_webhooks -= 1
}

/** Lets it go that many milliseconds from now, and behind whatever has an earlier place. */
export function hold(
  delivery: Delivery,
  rule: string,
  { milliseconds, place }: { milliseconds: number; place: number },
) {
  delivery.held = { rule, place }
  delivery.due = Date.now() + milliseconds + place
}
