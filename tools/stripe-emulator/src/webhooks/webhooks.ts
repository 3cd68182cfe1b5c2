import { webhookMishap } from '../control/chaos.ts'
import { settingsOf } from '../state/settings.ts'
import type { Delivery, EventRecord, State } from '../state/state.ts'
import { newDelivery } from './delivery.ts'
import { createDeliveryLog, type DeliverySummary } from './delivery-log.ts'
import { matchesType } from './event-types.ts'
import { upset } from './mishap.ts'
import { createWays } from './ways.ts'

export interface Webhooks {
  /** Puts the event on its way to every endpoint that wants it; says to how many. */
  dispatch(event: EventRecord): number
  /** Sends it now, whatever became of it; no chaos rule stands in its way. */
  redeliver(delivery: Delivery): void
  /** Lets go what a chaos rule holds back, because the rule is gone. */
  release(rule: string): void
  /** The account's clock was moved on by so many seconds: what waits to be tried again waits that much less. */
  hasten(seconds: number): void
  summary(): DeliverySummary
  /** Resolves once every webhook was answered, or waits for its next attempt; and when this is closed. */
  settled(): Promise<void>
  /** Takes up what waits in the state: at start, and after a reset. */
  resume(): void
  close(): Promise<void>
}

export interface WebhooksOptions {
  changed(): void
  log(message: string): void
  /** How many may wait for one endpoint: more than ever do, and no more than there is memory for. */
  mostWaiting?: number
}

/** Delivers events in their order, to each endpoint by itself. */
export function createWebhooks(state: State, { changed, log, mostWaiting = 200_000 }: WebhooksOptions): Webhooks {
  const kept = createDeliveryLog(state)
  const ways = createWays({ state, kept, mostWaiting, changed, log })

  function begin(event: EventRecord, delivery: Delivery): void {
    const way = ways.to(delivery.endpoint)
    state.deliveries.set(delivery.id, delivery)
    const rule = webhookMishap(state, delivery)
    if (rule) upset(delivery, rule, { way, event, kept, state })
    else way.send(delivery)
  }

  return {
    dispatch(event) {
      const wanted = [...state.endpoints.values()].filter(
        ({ endpoint: { status, enabled_events: types } }) =>
          status === 'enabled' && types.some((type) => matchesType(event.type, type)),
      )
      for (const { endpoint } of wanted) begin(event, newDelivery(event, endpoint))
      return wanted.length
    },

    redeliver(delivery) {
      ways.to(delivery.endpoint).redeliver(delivery)
    },

    release(rule) {
      ways.each((way) => way.queue.release(rule))
    },

    hasten(seconds) {
      const milliseconds = (seconds * 1000) / settingsOf(state).webhookPace
      ways.each((way) => way.queue.hasten(milliseconds))
    },

    resume() {
      ways.clear()
      kept.resume()
      for (const delivery of state.deliveries.values()) {
        if (delivery.status === 'pending') ways.to(delivery.endpoint).send(delivery)
      }
    },

    summary: kept.summary,
    settled: ways.settled,
    close: ways.close,
  }
}
