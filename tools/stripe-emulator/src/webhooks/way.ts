import { settingsOf } from '../state/settings.ts'
import type { Delivery, State } from '../state/state.ts'
import { attempt } from './attempt.ts'
import { settle, type End } from './delivery.ts'
import type { DeliveryLog } from './delivery-log.ts'
import type { Place } from './line.ts'
import { Queue } from './queue.ts'
import { createReach } from './reach.ts'

export interface WayOptions {
  state: State
  kept: DeliveryLog
  /** How many may wait; beyond that, those that are next are given up. */
  mostWaiting: number
  changed(): void
  log(message: string): void
  /** Whatever could be sent was sent. */
  rested(): void
}

/** Node's timers hold no more than 2^31 - 1 milliseconds. */
const longestTimer = 2 ** 31 - 1

/**
 * The way to one endpoint, which sends in the order of the events. While the endpoint cannot be reached everything for it
 * waits, so the order holds; an event that it refuses is tried again later by itself and does not hold up the others.
 */
export class Way {
  readonly queue: Queue
  #options: WayOptions
  #reach: ReturnType<typeof createReach>
  #underWay = new Map<Delivery, Promise<void>>()
  /** Redelivered while they are under way. */
  #again = new Set<Delivery>()
  #stopping = new AbortController()
  #soon: NodeJS.Immediate | undefined
  #timer: NodeJS.Timeout | undefined
  #crowded = false

  constructor(options: WayOptions) {
    this.#options = options
    this.queue = new Queue(options.state)
    this.#reach = createReach(options.log)
  }

  send(delivery: Delivery): void {
    this.queue.add(delivery)
    this.#crowdOut()
    // After the work in hand, so that the answer to it usually comes before the webhook that tells of it.
    this.#soon ??= setImmediate(() => this.kick())
  }

  /** Sends it now, or once more if it is under way. */
  redeliver(delivery: Delivery): void {
    if (this.#underWay.has(delivery)) {
      this.#again.add(delivery)
      return
    }
    this.queue.remove(delivery)
    this.#options.kept.begunAgain(delivery)
    const now = Date.now()
    Object.assign(delivery, { status: 'pending', refusals: 0, since: now, due: now } satisfies Partial<Delivery>)
    this.send(delivery)
  }

  /** Sends what can be sent. */
  kick(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#soon)
    this.#soon = undefined
    while (!this.#stopping.signal.aborted && this.#underWay.size < this.#most()) {
      const { first } = this.queue
      if (!first) break
      const wait = Math.max(this.#reach.restsUntil, first.due) - Date.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.kick(), Math.min(wait, longestTimer))
        break
      }
      const place = this.queue.take()
      if (place) this.#underWay.set(first, this.#work(place))
    }
    this.#options.rested()
  }

  isEmpty(): boolean {
    return this.queue.size === 0 && this.#underWay.size === 0
  }

  /** Whether all that is left waits for its next attempt, or for an endpoint that was tried often enough. */
  isSettled(): boolean {
    return this.#underWay.size === 0 && (this.queue.isSettled || this.#reach.isAwayForLong)
  }

  /** Sends no more; resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    await Promise.all(this.#underWay.values())
  }

  async #work(place: Place): Promise<void> {
    const { delivery } = place
    const { signal } = this.#stopping
    const { state, changed } = this.#options
    const outcome = await attempt(delivery, { state, reach: this.#reach, stopping: signal })
    this.#underWay.delete(delivery)
    // It stays in the state for the next start; or that was emptied, and it is nowhere.
    if (signal.aborted) return
    if (outcome === 'away') this.queue.putBack(place)
    else if (outcome === 'refused') this.queue.add(delivery)
    else this.#end(delivery, outcome)
    if (this.#again.delete(delivery)) this.redeliver(delivery)
    changed()
    this.kick()
  }

  /** How many may be under way: while nobody answers, one that finds out whether somebody does. */
  #most(): number {
    return this.#reach.isAway ? 1 : settingsOf(this.#options.state).webhookConcurrency
  }

  #end(delivery: Delivery, end: End): void {
    settle(delivery, end, this.#options.state)
    this.#options.kept.ended(delivery, end.status)
  }

  #crowdOut(): void {
    const { mostWaiting, kept, log } = this.#options
    if (this.queue.size <= mostWaiting / 2) this.#crowded = false
    while (this.queue.size > mostWaiting) {
      const place = this.queue.take()
      if (!place) return
      if (!this.#crowded) log(`more than ${mostWaiting} webhooks wait for ${place.delivery.url}; some are given up`)
      this.#crowded = true
      this.#end(place.delivery, { status: 'failed', answer: 'too many were waiting' })
      kept.crowdedOut()
    }
  }
}
