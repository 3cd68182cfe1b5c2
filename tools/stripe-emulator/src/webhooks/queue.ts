import { shuffled } from '../control/chaos.ts'
import type { Delivery, State } from '../state/state.ts'
import { Line, type Place } from './line.ts'

/** A line in which chaos rules hold back what they struck. */
export class Queue {
  #line = new Line()
  /** By the id of the rule, in the order of its coming. */
  #held = new Map<string, Set<Delivery>>()
  #chaos: State['chaos']
  /** How many were never refused. */
  #fresh = 0

  constructor({ chaos }: Pick<State, 'chaos'>) {
    this.#chaos = chaos
  }

  get size(): number {
    return this.#line.size
  }

  /** Whether all that is left was refused and waits for its next attempt. What a rule holds back is still to come. */
  get isSettled(): boolean {
    const { first } = this.#line
    return this.#fresh === 0 && (first === undefined || first.due > Date.now())
  }

  /** The next one. When the first of those that are to change places has waited long enough, all of them go. */
  get first(): Delivery | undefined {
    const { first } = this.#line
    if (first && first.held !== null && first.due <= Date.now() && this.#reorders(first.held)) this.release(first.held)
    return this.#line.first
  }

  add(delivery: Delivery): void {
    this.#line.add(delivery)
    this.#count(delivery, 1)
    if (delivery.held === null) return
    const group = this.#held.get(delivery.held) ?? new Set()
    this.#held.set(delivery.held, group.add(delivery))
  }

  /** Puts one that was taken out before those that came later. */
  putBack(place: Place): void {
    this.#line.putBack(place)
    this.#count(place.delivery, 1)
  }

  /** Takes the first one out. */
  take(): Place | undefined {
    const place = this.#line.take()
    if (!place) return undefined
    this.#letGo(place.delivery)
    this.#count(place.delivery, -1)
    return place
  }

  remove(delivery: Delivery): void {
    this.#letGo(delivery)
    if (this.#line.has(delivery)) this.#count(delivery, -1)
    this.#line.remove(delivery)
  }

  /** How many the rule holds back here, and until when the first of them. */
  heldBy(rule: string): { count: number; until: number | undefined } {
    const group = this.#held.get(rule) ?? new Set()
    const [first] = group
    return { count: group.size, until: first?.due }
  }

  /** Lets go what it holds back: in the order of its coming, or in another if that is what the rule is for. */
  release(id: string): void {
    const group = this.#held.get(id) ?? new Set()
    const rule = this.#chaos.get(id)
    const now = Date.now()
    for (const delivery of rule && this.#reorders(id) ? shuffled(group, rule) : [...group]) {
      this.remove(delivery)
      delivery.due = now
      this.add(delivery)
    }
  }

  /** What was refused waits that many milliseconds less. */
  hasten(milliseconds: number): void {
    const now = Date.now()
    for (const delivery of this.#line.all) {
      if (delivery.refusals > 0) delivery.due = Math.max(Math.min(delivery.due, now), delivery.due - milliseconds)
    }
    this.#line.sort()
  }

  /** It is refused only while it is not in here. */
  #count({ refusals }: Delivery, change: 1 | -1): void {
    if (refusals === 0) this.#fresh += change
  }

  #reorders(rule: string): boolean {
    return this.#chaos.get(rule)?.effect === 'reorder'
  }

  #letGo(delivery: Delivery): void {
    if (delivery.held === null) return
    const group = this.#held.get(delivery.held)
    group?.delete(delivery)
    if (group?.size === 0) this.#held.delete(delivery.held)
    delivery.held = null
  }
}
