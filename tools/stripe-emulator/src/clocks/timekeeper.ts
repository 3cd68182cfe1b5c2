import type { Context } from '../context.ts'
import type { State, TestClock } from '../state/state.ts'
import { finishAdvancing } from './advance.ts'
import { runUntil } from './agenda.ts'
import { agendas } from './agendas.ts'

export interface Timekeeper {
  /** Does what came due while nobody looked, and looks every second from now on. */
  start(): void
  /** Does what has come due by the account's clock since it was looked at last. */
  catchUp(): void
  /** Sets those test clocks going that are to advance. */
  advanceClocks(): void
  /** Leaves everything as it is; a clock that advances goes on after the next start. */
  stop(): Promise<void>
}

export interface TimekeeperOptions {
  state: State
  /** The account's time, in seconds. */
  seconds(): number
  contextAt(time: number): Context
  changed(): void
  log(message: string): void
}

/** Lets time pass: the account's as it goes by, and that of test clocks as it is asked for. */
export function createTimekeeper({ state, seconds, contextAt, changed, log }: TimekeeperOptions): Timekeeper {
  const stopping = new AbortController()
  const advancing = new Map<TestClock, Promise<void>>()
  let caughtUp = -Infinity
  let problem = ''
  let ticking: NodeJS.Timeout | undefined

  function catchUp(): void {
    const time = seconds()
    if (time === caughtUp) return
    caughtUp = time
    try {
      runUntil(time, { clock: null, agendas }, contextAt(time))
    } catch (error) {
      // It is tried again every second, but told once.
      if (explain(error) !== problem) log(`what was due by ${time} did not happen: ${explain(error)}`)
      problem = explain(error)
    }
  }

  function advanceClocks(): void {
    for (const clock of state.testClocks.values()) {
      if (clock.status === 'advancing' && !advancing.has(clock)) advancing.set(clock, advance(clock))
    }
  }

  async function advance(clock: TestClock): Promise<void> {
    try {
      await finishAdvancing(clock, () => contextAt(seconds()), stopping.signal)
    } catch (error) {
      log(`test clock ${clock.id} failed: ${explain(error)}`)
    }
    advancing.delete(clock)
    changed()
  }

  return {
    catchUp,
    advanceClocks,

    start() {
      catchUp()
      advanceClocks()
      ticking = setInterval(catchUp, 1000)
    },

    async stop() {
      clearInterval(ticking)
      stopping.abort()
      await Promise.all(advancing.values())
    },
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
