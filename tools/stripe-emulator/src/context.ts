import { createEmit, type Dispatch, type Emit } from './webhooks/events.ts'
import type { EventRecord, State } from './state/state.ts'

/** What every handler works with. */
export interface Context {
  state: State
  /** Seconds since 1970 by the clock of whom it is about: the account's, or a test clock's (`onClockOf`). */
  now: number
  /** An address for people, such as `url('/c/pay/…')`. */
  url(path: string): string
  emit: Emit
  /** The same at another moment. */
  at(now: number): Context
}

export interface ContextSource {
  state: State
  url(path: string): string
  /** The API request that causes it, which its events name; nulls for what time or a person at a page causes. */
  request: EventRecord['request']
  dispatch: Dispatch
}

export function createContext(source: ContextSource, now: number): Context {
  return {
    state: source.state,
    now,
    url: source.url,
    emit: createEmit({ ...source, now }),
    at: (moment) => createContext(source, moment),
  }
}
