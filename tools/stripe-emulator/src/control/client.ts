import { once } from 'node:events'
import { request as ask, type IncomingMessage } from 'node:http'
import { request as askSafely } from 'node:https'
import { json } from 'node:stream/consumers'
import type { Advance, ClockReading, MoveOptions } from '../clocks/account-clock.ts'
import type { Delivery } from '../state/state.ts'
import type { DeliverySummary } from '../webhooks/delivery-log.ts'
import type { ChaosRule, NewChaosRule } from './chaos-rules.ts'
import type { DeliveryFilter } from './delivery-routes.ts'
import type { SettingsChange, VisibleSettings } from './settings.ts'

export interface Control {
  /** Forgets everything but the endpoints and settings given at start. */
  reset(): Promise<void>
  settings: {
    read(): Promise<VisibleSettings>
    change(changes: SettingsChange): Promise<VisibleSettings>
  }
  /**
   * The account's clock, in seconds since 1970. It only goes forward; everything due on the way happens in order. With
   * `settle` it stops at each moment at which something was done until all webhooks are delivered or refused, so that
   * whoever gets them acts at that moment; an endpoint that cannot be reached is not waited for. While it is on its way
   * it takes no other order.
   */
  clock: {
    read(): Promise<ClockReading>
    moveTo(moment: number, options?: Partial<MoveOptions>): Promise<Advance>
    moveBy(seconds: number, options?: Partial<MoveOptions>): Promise<Advance>
    /** Stands still until it is moved. */
    freeze(): Promise<ClockReading>
    /** Runs on as real time does. */
    run(): Promise<ClockReading>
  }
  chaos: {
    add(rule: NewChaosRule): Promise<ChaosRule>
    list(): Promise<ChaosRule[]>
    /** A rule that is off stays in the list, and lets everything pass. */
    switch(id: string, on: boolean): Promise<ChaosRule>
    remove(id: string): Promise<void>
    clear(): Promise<void>
  }
  deliveries: {
    /** Newest first. `type` may end in `*`. */
    list(filter?: DeliveryFilter): Promise<Delivery[]>
    summary(): Promise<DeliverySummary>
    /**
     * Waits until every webhook was answered, or waits for its next attempt, and says how many there are then. It fails
     * after that many milliseconds (a minute); what a chaos rule holds back is waited for, too.
     */
    settled(options?: { within?: number }): Promise<DeliverySummary>
    redeliver(id: string): Promise<Delivery>
  }
  endpoints: {
    /** The new signing secret; the old one signs as well for so many seconds, a day at most. */
    roll(id: string, options?: { overlap?: number }): Promise<string>
  }
}

/**
 * What a program may do to a stand-in beside Stripe's API, such as a test that wants a webhook twice. Not by `fetch`, which
 * waits five minutes for an answer and no longer: a settling move, or what is waited for `within` an hour, may take more.
 */
export function createControl(url: string): Control {
  async function call<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    const target = new URL(`/_control${path}`, url)
    const request = (target.protocol === 'https:' ? askSafely : ask)(target, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' } }),
    })
    request.end(body && JSON.stringify(body))
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    const answer = await json(response)
    if (response.statusCode !== 200) throw new Error(messageOf(answer))
    return answer as Answer
  }

  return {
    async reset() {
      await call('POST', '/reset')
    },
    settings: {
      read: () => call('GET', '/settings'),
      change: (changes) => call('PATCH', '/settings', changes),
    },
    clock: {
      read: () => call('GET', '/clock'),
      moveTo: (to, options) => call('POST', '/clock', { to, ...options }),
      moveBy: (by, options) => call('POST', '/clock', { by, ...options }),
      freeze: () => call('PATCH', '/clock', { frozen: true }),
      run: () => call('PATCH', '/clock', { frozen: false }),
    },
    chaos: {
      add: (rule) => call('POST', '/chaos', rule),
      list: async () => (await call<{ rules: ChaosRule[] }>('GET', '/chaos')).rules,
      switch: (id, on) => call('POST', `/chaos/${encodeURIComponent(id)}`, { on }),
      async remove(id) {
        await call('DELETE', `/chaos/${encodeURIComponent(id)}`)
      },
      async clear() {
        await call('DELETE', '/chaos')
      },
    },
    deliveries: {
      list: async (filter = {}) =>
        (await call<{ deliveries: Delivery[] }>('GET', `/deliveries?${new URLSearchParams(filter)}`)).deliveries,
      summary: () => call('GET', '/deliveries/summary'),
      settled: (options = {}) => call('POST', '/deliveries/settled', options),
      redeliver: (id) => call('POST', `/deliveries/${encodeURIComponent(id)}/redeliver`),
    },
    endpoints: {
      roll: async (id, options = {}) =>
        (await call<{ secret: string }>('POST', `/endpoints/${encodeURIComponent(id)}/roll`, options)).secret,
    },
  }
}

function messageOf(answer: unknown): string {
  const { error } = answer as { error: { message: string; param?: string } }
  return error.param === undefined ? error.message : `${error.message} (${error.param})`
}
