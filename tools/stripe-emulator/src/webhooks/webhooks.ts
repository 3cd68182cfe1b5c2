import { webhookMishap, newPlace } from '../control/chaos.ts'
import type { WebhookRule } from '../control/chaos-rules.ts'
import { settingsOf } from '../state/settings.ts'
import type { Delivery, EventRecord, State } from '../state/state.ts'
import { hold, newDelivery, settle } from './delivery.ts'
import { createDeliveryLog } from './delivery-log.ts'
import { matchesType } from './event-types.ts'
import { createLine, type Line } from './line.ts'
import { givesUpAfter, waitAfterFailures, waitAfterRefusals } from './retry-waits.ts'
import { sendWebhook, type WebhookAnswer } from './webhook-request.ts'

export interface Webhooks {
  /** Puts the event on its way to every endpoint that wants it; says to how many. */
  dispatch(event: EventRecord): number
  /** Sends it now, whatever became of it; no chaos rule stands in its way. */
  redeliver(delivery: Delivery): void
  /** Lets go what a chaos rule holds back, because the rule is gone. */
  release(rule: string): void
  /** The account's clock was moved on by so many seconds: what waits to be tried again waits that much less. */
  hasten(seconds: number): void
  /** Resolves once every webhook was answered, or waits for its next attempt; and when this is closed. */
  settled(): Promise<void>
  /** Takes up what waits in the state: at start, and after a reset. */
  resume(): void
  close(): Promise<void>
}

/** The way to one endpoint. */
interface Way {
  line: Line
  busy: boolean
  work: Promise<void>
  timer: NodeJS.Timeout | undefined
  /** How often in a row it could not be reached, and until when it is left alone. */
  failures: number
  heldUntil: number
}

/**
 * Delivers events in their order, one at a time for each endpoint. While an endpoint cannot be reached everything for
 * it waits, so the order holds; an event that it refuses is tried again later by itself and does not hold up the others.
 */
export function createWebhooks(
  state: State,
  { changed, log }: { changed(): void; log(message: string): void },
): Webhooks {
  const ways = new Map<string, Way>()
  const closing = new AbortController()
  const kept = createDeliveryLog(state)
  let awaiting: (() => void)[] = []

  function wayTo(endpoint: string): Way {
    const way = ways.get(endpoint) ?? newWay()
    ways.set(endpoint, way)
    return way
  }

  function send(delivery: Delivery): void {
    const way = wayTo(delivery.endpoint)
    way.line.add(delivery)
    // After the work in hand, so that the answer to it usually comes before the webhook that tells of it.
    setImmediate(() => kick(way))
  }

  function kick(way: Way): void {
    if (way.busy || closing.signal.aborted) return
    way.busy = true
    way.work = run(way)
  }

  async function run(way: Way): Promise<void> {
    try {
      for (;;) {
        const next = way.line.waiting[0]
        if (!next || closing.signal.aborted) return
        const wait = Math.max(way.heldUntil, next.due) - Date.now()
        if (wait > 0) {
          clearTimeout(way.timer)
          way.timer = setTimeout(() => kick(way), Math.min(wait, longestTimer))
          return
        }
        await attempt(next, way)
        changed()
      }
    } finally {
      way.busy = false
      tellSettled()
    }
  }

  function tellSettled(): void {
    if (!closing.signal.aborted && ![...ways.values()].every(isSettled)) return
    for (const resolve of awaiting) resolve()
    awaiting = []
  }

  async function attempt(delivery: Delivery, way: Way): Promise<void> {
    const record = state.endpoints.get(delivery.endpoint)
    const event = state.events.get(delivery.event)
    if (!record) return end(delivery, way, { status: 'failed', answer: 'the endpoint was removed' })
    if (record.endpoint.status === 'disabled') {
      return end(delivery, way, { status: 'failed', answer: 'the endpoint is disabled' })
    }
    if (!event) return end(delivery, way, { status: 'failed', answer: 'the event is no longer kept' })
    delivery.held = null
    const answer = await sendWebhook(event, record, closing.signal)
    if (closing.signal.aborted) return
    delivery.url = record.endpoint.url
    delivery.attempts += 1
    delivery.lastAttempt = Date.now()
    noteReach(way, answer, record.endpoint.url)
    if (answer.result === 'accepted') return end(delivery, way, { status: 'delivered', answer: answer.text })
    const again = nextAttempt(delivery, answer)
    if (again === null) return end(delivery, way, { status: 'failed', answer: answer.text })
    delivery.answer = answer.text
    delivery.due = again
    way.line.sort()
  }

  function nextAttempt(delivery: Delivery, { result }: WebhookAnswer): number | null {
    if (result === 'down') return Date.now() - delivery.created > givesUpAfter ? null : delivery.due
    delivery.refusals += 1
    const wait = waitAfterRefusals(delivery.refusals, settingsOf(state).webhookPace)
    return wait === null ? null : Date.now() + wait
  }

  function end(delivery: Delivery, way: Way, outcome: { status: 'delivered' | 'failed'; answer: string }): void {
    way.line.remove(delivery)
    settle(delivery, outcome, state)
    kept.settled(delivery)
  }

  function noteReach(way: Way, { result, text }: WebhookAnswer, url: string): void {
    if (result !== 'down') {
      if (way.failures > 0) log(`webhook endpoint ${url} answers again; delivering what waited`)
      way.failures = 0
      way.heldUntil = 0
      return
    }
    if (way.failures === 0) log(`webhook endpoint ${url} cannot be reached (${text}); its events wait`)
    way.failures += 1
    way.heldUntil = Date.now() + waitAfterFailures(way.failures)
  }

  /** What a chaos rule does with a delivery that begins. */
  function upset(delivery: Delivery, rule: WebhookRule, event: EventRecord): void {
    delivery.chaos = rule.effect
    switch (rule.effect) {
      case 'drop':
        settle(delivery, { status: 'failed', answer: 'dropped by a chaos rule' }, state)
        kept.settled(delivery)
        return
      case 'delay':
        hold(delivery, rule.id, { milliseconds: rule.milliseconds, place: 0 })
        return send(delivery)
      case 'duplicate':
        send(delivery)
        for (let copies = 0; copies < rule.copies; copies += 1) duplicate(delivery, rule, event)
        return
      case 'reorder':
        hold(delivery, rule.id, { milliseconds: rule.milliseconds, place: newPlace(rule.struck - 1, rule) })
        send(delivery)
        if (rule.struck % rule.window === 0) release(rule.id)
    }
  }

  function duplicate(
    { endpoint }: Delivery,
    { id, milliseconds }: { id: string; milliseconds: number },
    event: EventRecord,
  ) {
    const record = state.endpoints.get(endpoint)
    if (!record) return
    const copy: Delivery = { ...newDelivery(event, record.endpoint), counted: false, chaos: 'duplicate' }
    if (milliseconds > 0) hold(copy, id, { milliseconds, place: 0 })
    state.deliveries.set(copy.id, copy)
    send(copy)
  }

  function release(rule: string): void {
    for (const way of ways.values()) {
      for (const delivery of way.line.waiting) {
        if (delivery.held?.rule !== rule) continue
        delivery.due = Date.now() + delivery.held.place
        delivery.held = null
      }
      way.line.sort()
      setImmediate(() => kick(way))
    }
  }

  return {
    dispatch(event) {
      const wanted = [...state.endpoints.values()].filter(
        ({ endpoint: { status, enabled_events: types } }) =>
          status === 'enabled' && types.some((type) => matchesType(event.type, type)),
      )
      for (const { endpoint } of wanted) {
        const delivery = newDelivery(event, endpoint)
        state.deliveries.set(delivery.id, delivery)
        const rule = webhookMishap(state, delivery)
        if (rule) upset(delivery, rule, event)
        else send(delivery)
        const surplus = kept.surplus(wayTo(endpoint.id).line)
        if (surplus) end(surplus, wayTo(endpoint.id), { status: 'failed', answer: 'too many were waiting' })
      }
      return wanted.length
    },

    redeliver(delivery) {
      const way = wayTo(delivery.endpoint)
      way.line.remove(delivery)
      Object.assign(delivery, {
        status: 'pending',
        refusals: 0,
        due: Date.now(),
        held: null,
      } satisfies Partial<Delivery>)
      send(delivery)
    },

    release,

    hasten(seconds) {
      const sooner = (seconds * 1000) / settingsOf(state).webhookPace
      for (const way of ways.values()) {
        for (const delivery of way.line.waiting) {
          if (delivery.refusals > 0) delivery.due = Math.max(Math.min(delivery.due, Date.now()), delivery.due - sooner)
        }
        way.line.sort()
        kick(way)
      }
    },

    settled() {
      return new Promise((resolve) => {
        awaiting.push(resolve)
        tellSettled()
      })
    },

    resume() {
      for (const way of ways.values()) {
        clearTimeout(way.timer)
        way.line.clear()
      }
      ways.clear()
      kept.resume()
      for (const delivery of state.deliveries.values()) {
        if (delivery.status === 'pending') wayTo(delivery.endpoint).line.add(delivery)
      }
      for (const way of ways.values()) kick(way)
    },

    async close() {
      closing.abort()
      for (const way of ways.values()) clearTimeout(way.timer)
      await Promise.all([...ways.values()].map(({ work }) => work))
      tellSettled()
    },
  }
}

/** Node's timers hold no more than 2^31 - 1 milliseconds. */
const longestTimer = 2 ** 31 - 1

function newWay(): Way {
  return { line: createLine(), busy: false, work: Promise.resolve(), timer: undefined, failures: 0, heldUntil: 0 }
}

/** What a chaos rule holds back is still to come; what was refused, or waits for an endpoint that is away, had its turn. */
function isSettled({ busy, line, failures, heldUntil }: Way): boolean {
  if (busy) return false
  const now = Date.now()
  return (failures > 0 && heldUntil > now) || line.waiting.every(({ refusals, due }) => refusals > 0 && due > now)
}
