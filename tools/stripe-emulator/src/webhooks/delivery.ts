import { newId } from '../ids.ts'
import type { Delivery, EndpointRecord, EventRecord, State } from '../state/state.ts'

export function newDelivery(event: EventRecord, { id, url }: Pick<EndpointRecord['endpoint'], 'id' | 'url'>): Delivery {
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
    since: Date.now(),
    due: Date.now(),
    counted: true,
    chaos: null,
    held: null,
    lastAttempt: null,
    answer: null,
  }
}

/** How a delivery ends, and why. */
export interface End {
  status: 'delivered' | 'failed'
  answer: string
}

/** It ends here, until somebody redelivers it. */
export function settle(delivery: Delivery, { status, answer }: End, { events }: State): void {
  delivery.status = status
  delivery.answer = answer
  delivery.held = null
  const event = events.get(delivery.event)
  if (status !== 'delivered' || !delivery.counted || !event) return
  delivery.counted = false
  event.pending_webhooks -= 1
}
