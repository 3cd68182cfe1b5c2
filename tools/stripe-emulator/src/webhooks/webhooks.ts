import { newId } from '../ids.ts'
import { sendWebhook, type WebhookAnswer } from './webhook-request.ts'
import type { Delivery, EndpointRecord, EventRecord, State } from '../state/state.ts'

/** Waits between attempts: short while nobody listens at all (a restart), longer after an answer that is not 2xx. */
const downWaits = [250, 500, 1_000, 2_000, 5_000]
const refusedWaits = [1_000, 2_000, 5_000, 15_000, 60_000]
const givesUpAfter = 3 * 86_400_000
const keptDeliveries = 1_000

export interface Webhooks {
  /** Puts the event on its way to every endpoint that wants it; says to how many. */
  dispatch(event: EventRecord): number
  /** Takes up what waits in the state: at start, and after a reset. */
  resume(): void
  close(): Promise<void>
}

/** The events on their way to one endpoint. */
interface Line {
  queue: Delivery[]
  busy: boolean
  work: Promise<void>
  timer: NodeJS.Timeout | undefined
  /** How often in a row it could not be reached, and until when it is left alone. */
  failures: number
  heldUntil: number
}

/**
 * Delivers events in their order, one at a time for each endpoint. While an endpoint cannot be reached the whole queue
 * waits, so the order holds; an event that it refuses is tried again later by itself and does not hold up the others.
 */
export function createWebhooks(
  state: State,
  { changed, log }: { changed(): void; log(message: string): void },
): Webhooks {
  const lines = new Map<string, Line>()
  const closing = new AbortController()

  function lineOf(endpoint: string): Line {
    const line = lines.get(endpoint) ?? newLine()
    lines.set(endpoint, line)
    return line
  }

  function kick(endpoint: string, line: Line): void {
    if (line.busy || closing.signal.aborted) return
    line.busy = true
    line.work = run(endpoint, line)
  }

  async function run(endpoint: string, line: Line): Promise<void> {
    try {
      for (;;) {
        if (line.queue.length === 0 || closing.signal.aborted) return
        const next = line.queue.find(({ due }) => due <= Date.now())
        const wait = Math.max(line.heldUntil, next ? 0 : Math.min(...line.queue.map(({ due }) => due))) - Date.now()
        if (!next || wait > 0) {
          clearTimeout(line.timer)
          line.timer = setTimeout(() => kick(endpoint, line), wait)
          return
        }
        await attempt(next, line, state.endpoints.get(endpoint))
        changed()
      }
    } finally {
      line.busy = false
    }
  }

  async function attempt(delivery: Delivery, line: Line, record: EndpointRecord | undefined): Promise<void> {
    const event = state.events.get(delivery.event)
    if (!record || !event) {
      settle(delivery, line, 'failed', record ? 'the event is no longer kept' : 'the endpoint was removed')
      return
    }
    const answer = await sendWebhook(event, { url: record.endpoint.url, secret: record.secret }, closing.signal)
    if (closing.signal.aborted) return
    delivery.url = record.endpoint.url
    delivery.attempts += 1
    delivery.lastAttempt = Date.now()
    noteReach(line, answer, record.endpoint.url)
    if (answer.result === 'accepted') {
      event.pending_webhooks -= 1
      settle(delivery, line, 'delivered', answer.text)
    } else if (Date.now() - delivery.created > givesUpAfter) {
      settle(delivery, line, 'failed', answer.text)
    } else {
      delivery.answer = answer.text
      delivery.due = answer.result === 'down' ? 0 : Date.now() + waitAfter(refusedWaits, delivery.attempts)
    }
  }

  function noteReach(line: Line, { result, text }: WebhookAnswer, url: string): void {
    if (result !== 'down') {
      if (line.failures > 0) log(`webhook endpoint ${url} answers again; delivering what waited`)
      line.failures = 0
      line.heldUntil = 0
      return
    }
    if (line.failures === 0) log(`webhook endpoint ${url} cannot be reached (${text}); its events wait`)
    line.failures += 1
    line.heldUntil = Date.now() + waitAfter(downWaits, line.failures)
  }

  return {
    dispatch(event) {
      const wanted = [...state.endpoints.values()].filter(({ endpoint }) => wants(endpoint.enabled_events, event.type))
      for (const { endpoint } of wanted) {
        const delivery = newDelivery(event, endpoint)
        state.deliveries.set(delivery.id, delivery)
        const line = lineOf(endpoint.id)
        line.queue.push(delivery)
        // After the work in hand, so that the answer to it usually comes before the webhook that tells of it.
        setImmediate(() => kick(endpoint.id, line))
      }
      forgetSettled(state)
      return wanted.length
    },

    resume() {
      for (const line of lines.values()) clearTimeout(line.timer)
      lines.clear()
      for (const delivery of state.deliveries.values()) {
        if (delivery.status === 'pending') lineOf(delivery.endpoint).queue.push(delivery)
      }
      for (const [endpoint, line] of lines) kick(endpoint, line)
    },

    async close() {
      closing.abort()
      for (const line of lines.values()) clearTimeout(line.timer)
      await Promise.all([...lines.values()].map(({ work }) => work))
    },
  }
}

function newLine(): Line {
  return { queue: [], busy: false, work: Promise.resolve(), timer: undefined, failures: 0, heldUntil: 0 }
}

function newDelivery(event: EventRecord, { id, url }: { id: string; url: string }): Delivery {
  return {
    id: newId('dlv'),
    event: event.id,
    type: event.type,
    endpoint: id,
    url,
    status: 'pending',
    attempts: 0,
    created: Date.now(),
    due: 0,
    lastAttempt: null,
    answer: null,
  }
}

function settle(delivery: Delivery, line: Line, status: 'delivered' | 'failed', answer: string): void {
  delivery.status = status
  delivery.answer = answer
  line.queue = line.queue.filter((waiting) => waiting !== delivery)
}

function wants(enabled: string[], type: string): boolean {
  return enabled.includes('*') || enabled.includes(type)
}

function waitAfter(waits: readonly number[], failures: number): number {
  return waits[Math.min(failures, waits.length) - 1] ?? 0
}

function forgetSettled({ deliveries }: State): void {
  if (deliveries.size <= keptDeliveries) return
  for (const [id, { status }] of deliveries) {
    if (deliveries.size <= keptDeliveries) return
    if (status !== 'pending') deliveries.delete(id)
  }
}
