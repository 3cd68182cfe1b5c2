import type { Emit } from './webhooks/events.ts'
import type { State } from './state/state.ts'

/** What every handler works with. */
export interface Context {
  state: State
  /** Seconds since 1970, by the stand-in's clock. */
  now: number
  /** An address for people, such as `url('/c/pay/…')`. */
  url(path: string): string
  emit: Emit
}
