import type { Due } from './agenda.ts'

/** Something due that threw. */
export interface Mishap {
  customer: string | null
  at: number
  what: string
  error: string
}

/** What threw is not done again and again: whose it is is left alone from then on, and the time of all others goes on. */
export interface Mishaps {
  has(due: Due): boolean
  add(due: Due, error: unknown): void
  list(): Mishap[]
  /** They may be tried again. */
  clear(): void
}

export function createMishaps(log: (message: string) => void): Mishaps {
  const known = new Map<string, Mishap>()
  return {
    has: (due) => known.size > 0 && known.has(keyOf(due)),
    add(due, error) {
      const { customer, at, what } = due
      known.set(keyOf(due), { customer, at, what, error: error instanceof Error ? error.message : String(error) })
      const left = customer === null ? 'it is left undone' : `nothing more is done for ${customer}`
      const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
      log(`${what}, due at ${at}, failed, and ${left} until the clock is moved or the stand-in starts again: ${why}`)
    },
    list: () => [...known.values()],
    clear: () => known.clear(),
  }
}

/** A customer's world is half done now; what nobody owns has none. */
function keyOf({ customer, what }: Due): string {
  return customer ?? what
}
