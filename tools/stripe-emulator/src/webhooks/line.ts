import type { Delivery } from '../state/state.ts'

/** The deliveries on their way to one endpoint, in the order of their due times; of the same, first come, first served. */
export interface Line {
  readonly waiting: readonly Delivery[]
  add(delivery: Delivery): void
  remove(delivery: Delivery): void
  /** Puts everything at its place again after due times were changed. */
  sort(): void
  clear(): void
}

export function createLine(): Line {
  const waiting: Delivery[] = []
  return {
    waiting,
    add(delivery) {
      const before = waiting.findLastIndex(({ due }) => due <= delivery.due)
      waiting.splice(before + 1, 0, delivery)
    },
    remove(delivery) {
      const index = waiting.indexOf(delivery)
      if (index >= 0) waiting.splice(index, 1)
    },
    sort() {
      waiting.sort((a, b) => a.due - b.due)
    },
    clear() {
      waiting.length = 0
    },
  }
}
