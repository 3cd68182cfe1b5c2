import type { Delivery } from '../state/state.ts'

/** A delivery at its place in a line. */
export interface Place {
  readonly delivery: Delivery
  /** Who came first, of those that are due at the same time. */
  readonly turn: number
}

/**
 * Deliveries, the next first: by their due times; of the same, first come, first served. A heap, since a hundred thousand
 * may wait for an endpoint that is away, or for one that is slow.
 */
export class Line {
  #heap: Place[] = []
  #indexes = new Map<Delivery, number>()
  #turns = 0

  get size(): number {
    return this.#heap.length
  }

  get first(): Delivery | undefined {
    return this.#heap[0]?.delivery
  }

  get all(): Delivery[] {
    return this.#heap.map(({ delivery }) => delivery)
  }

  has(delivery: Delivery): boolean {
    return this.#indexes.has(delivery)
  }

  add(delivery: Delivery): void {
    this.putBack({ delivery, turn: (this.#turns += 1) })
  }

  /** Puts one that was taken out before those that came later. */
  putBack(place: Place): void {
    this.#rise(place, this.#heap.length)
  }

  /** Takes the first one out. */
  take(): Place | undefined {
    return this.#removeAt(0)
  }

  remove(delivery: Delivery): void {
    const index = this.#indexes.get(delivery)
    if (index !== undefined) this.#removeAt(index)
  }

  /** Puts everything at its place again after due times were changed. */
  sort(): void {
    this.#heap.sort((a, b) => (isBefore(a, b) ? -1 : 1))
    for (const [index, { delivery }] of this.#heap.entries()) this.#indexes.set(delivery, index)
  }

  #removeAt(index: number): Place | undefined {
    const place = this.#heap[index]
    const last = this.#heap.pop()
    if (!place || !last) return undefined
    this.#indexes.delete(place.delivery)
    if (last !== place) this.#rise(last, this.#sink(last, index))
    return place
  }

  #rise(place: Place, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const other = this.#heap[above]
      if (!other || isBefore(other, place)) break
      this.#put(other, index)
      index = above
    }
    this.#put(place, index)
  }

  /** Says where it came to lie. */
  #sink(place: Place, from: number): number {
    let index = from
    for (;;) {
      const [left, right] = [this.#heap[2 * index + 1], this.#heap[2 * index + 2]]
      const next = left && right && isBefore(right, left) ? right : left
      if (!next || isBefore(place, next)) break
      const below = 2 * index + (next === left ? 1 : 2)
      this.#put(next, index)
      index = below
    }
    this.#put(place, index)
    return index
  }

  #put(place: Place, index: number): void {
    this.#heap[index] = place
    this.#indexes.set(place.delivery, index)
  }
}

function isBefore(a: Place, b: Place): boolean {
  return a.delivery.due < b.delivery.due || (a.delivery.due === b.delivery.due && a.turn < b.turn)
}
