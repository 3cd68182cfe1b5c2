import type { WebhookRule } from '../control/chaos-rules.ts'
import type { Delivery, EventRecord, State } from '../state/state.ts'
import { newDelivery, settle } from './delivery.ts'
import type { DeliveryLog } from './delivery-log.ts'
import type { Way } from './way.ts'

/** Does to a delivery that begins what a chaos rule says. */
export function upset(
  delivery: Delivery,
  rule: WebhookRule,
  { way, event, kept, state }: { way: Way; event: EventRecord; kept: DeliveryLog; state: State },
): void {
  delivery.chaos = rule.effect
  switch (rule.effect) {
    case 'drop':
      settle(delivery, { status: 'failed', answer: 'dropped by a chaos rule' }, state)
      return kept.ended(delivery, 'failed')
    case 'delay':
      return hold(delivery, rule.id, { way, until: Date.now() + rule.milliseconds })
    case 'duplicate':
      way.send(delivery)
      for (let copies = 0; copies < rule.copies; copies += 1) sendCopy(delivery, rule, { way, event, state })
      return
    case 'reorder': {
      const { until = Date.now() + rule.milliseconds } = way.queue.heldBy(rule.id)
      hold(delivery, rule.id, { way, until })
      if (way.queue.heldBy(rule.id).count >= rule.window) way.queue.release(rule.id)
    }
  }
}

function sendCopy(
  { endpoint: id, url }: Delivery,
  rule: { id: string; milliseconds: number },
  { way, event, state }: { way: Way; event: EventRecord; state: State },
): void {
  const copy: Delivery = { ...newDelivery(event, { id, url }), counted: false, chaos: 'duplicate' }
  state.deliveries.set(copy.id, copy)
  if (rule.milliseconds > 0) hold(copy, rule.id, { way, until: Date.now() + rule.milliseconds })
  else way.send(copy)
}

function hold(delivery: Delivery, rule: string, { way, until }: { way: Way; until: number }): void {
  delivery.held = rule
  delivery.due = until
  way.send(delivery)
}
