import type { z } from 'zod'
import type { AccountClock, Advance, ClockReading, MoveOptions } from '../clocks/account-clock.ts'
import { noSuch } from '../http/errors.ts'
import { settingsOf } from '../state/settings.ts'
import type { Delivery, State } from '../state/state.ts'
import type { DeliverySummary } from '../webhooks/delivery-log.ts'
import { rollSecret } from '../webhooks/roll-secret.ts'
import type { Webhooks } from '../webhooks/webhooks.ts'
import { addRule, findRule, type ChaosRule, type newRule } from './chaos-rules.ts'
import type { settingsChange, VisibleSettings } from './settings.ts'

/** What whoever develops may do beside Stripe's API: at the desk, and over `/_control`. */
export interface Controls {
  /** Forgets everything but the endpoints and settings given at start. */
  reset(): Promise<void>
  settings(): VisibleSettings
  changeSettings(changes: z.output<typeof settingsChange>): VisibleSettings
  /** The account's clock. */
  clock(): ClockReading
  /** Moves it on to this moment, in seconds, and says what happened on the way. */
  moveClock(to: number, options: MoveOptions): Promise<Advance>
  freezeClock(frozen: boolean): ClockReading
  chaosRules(): ChaosRule[]
  addChaos(rule: z.output<typeof newRule>): ChaosRule
  /** A rule that is off lets everything pass, and what it held back. */
  switchChaos(id: string, on: boolean): ChaosRule
  /** What the rule holds back is let go. */
  removeChaos(id: string): void
  clearChaos(): void
  /** Newest first. */
  deliveries(): Delivery[]
  deliverySummary(): DeliverySummary
  /** Resolves once every webhook was answered, or waits for its next attempt. */
  deliveriesSettled(): Promise<void>
  redeliver(id: string): Delivery
  /** A new signing secret; for so many seconds the old one signs as well. */
  rollSecret(endpoint: string, overlap: number): string
}

export interface ControlsSource {
  state: State
  webhooks: Webhooks
  changed(): void
  clock: AccountClock
  reset(): Promise<void>
}

export function createControls({ state, webhooks, changed, clock, reset }: ControlsSource): Controls {
  function removeChaos(id: string): void {
    findRule(id, state)
    state.chaos.delete(id)
    webhooks.release(id)
    changed()
  }

  function settings(): VisibleSettings {
    const { retries, upcomingDays, rateLimit, webhookPace, webhookConcurrency } = settingsOf(state)
    return { retries, upcomingDays, rateLimit, webhookPace, webhookConcurrency }
  }

  return {
    reset,
    settings,
    removeChaos,
    clock: clock.read,
    moveClock: clock.moveTo,

    freezeClock(frozen) {
      if (frozen) clock.freeze()
      else clock.run()
      changed()
      return clock.read()
    },

    changeSettings(changes) {
      Object.assign(settingsOf(state), changes)
      changed()
      return settings()
    },

    chaosRules: () => [...state.chaos.values()],

    addChaos(given) {
      changed()
      return addRule(given, state)
    },

    switchChaos(id, on) {
      const rule = findRule(id, state)
      rule.on = on
      if (!on) webhooks.release(id)
      changed()
      return rule
    },

    clearChaos() {
      for (const id of state.chaos.keys()) removeChaos(id)
    },

    deliveries: () => [...state.deliveries.values()].reverse(),
    deliverySummary: webhooks.summary,
    deliveriesSettled: webhooks.settled,

    redeliver(id) {
      const delivery = state.deliveries.get(id)
      if (!delivery) throw noSuch('delivery', id)
      webhooks.redeliver(delivery)
      changed()
      return delivery
    },

    rollSecret(id, overlap) {
      const record = state.endpoints.get(id)
      if (!record) throw noSuch('webhook endpoint', id)
      changed()
      return rollSecret(record, overlap)
    },
  }
}
