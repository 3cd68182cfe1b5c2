import { createEmit, type Dispatch, type Emit } from './webhooks/events.ts'
import type { EventRecord, State } from './state/state.ts'

/** What every handler works with. */
export interface Context {
  state: State
  /** Seconds since 1970 by the clock of whom it is about: the account's, or a test clock's (`onClockOf`). */
  now: number
  /** Whether it is the passing of time that does it, and not somebody. */
  byTime: boolean
  /** An address for people, such as `url('/c/pay/…')`. */
  url(path: string): string
  emit: Emit
  /** The same at another moment. */
  at(now: number): Context
  /** The same for what time does, whoever made it pass: its events name no request. */
  unasked(): Context
}

export interface ContextSource {
  state: State
  byTime: boolean
  url(path: string): string
  /** The API request that causes it, which its events name; nulls for what time or a person at a page causes. */
  request: EventRecord['request']
  dispatch: Dispatch
}

export function createContext(source: ContextSource, now: number): Context {
  return {
    state: source.state,
    now,
    byTime: source.byTime,
    url: source.url,
    emit: createEmit({ ...source, now }),
    at: (moment) => createContext(source, moment),
    unasked: () => createContext({ ...source, byTime: true, request: { id: null, idempotency_key: null } }, now),
  }
}
