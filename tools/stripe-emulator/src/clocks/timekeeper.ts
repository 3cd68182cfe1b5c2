import type { Context } from '../context.ts'
import type { State, TestClock } from '../state/state.ts'
import type { AccountClock } from './account-clock.ts'
import { finishAdvancing } from './advance.ts'

export interface Timekeeper {
  /** Does what came due while nobody looked, and looks every second from now on. */
  start(): void
  /** Sets those test clocks going that are to advance. */
  advanceClocks(): void
  /** Leaves everything as it is; a clock that advances goes on after the next start. */
  stop(): Promise<void>
}

export interface TimekeeperOptions {
  state: State
  account: AccountClock
  contextAt(moment: number): Context
  changed(): void
  log(message: string): void
}

/** Lets time pass: the account's as it goes by, and that of test clocks as it is asked for. */
export function createTimekeeper({ state, account, contextAt, changed, log }: TimekeeperOptions): Timekeeper {
  const stopping = new AbortController()
  const advancing = new Map<TestClock, Promise<void>>()
  let ticking: NodeJS.Timeout | undefined

  function advanceClocks(): void {
    for (const clock of state.testClocks.values()) {
      if (clock.status === 'advancing' && !advancing.has(clock)) advancing.set(clock, advance(clock))
    }
  }

  async function advance(clock: TestClock): Promise<void> {
    try {
      await finishAdvancing(clock, () => contextAt(account.now()), stopping.signal)
    } catch (error) {
      log(`test clock ${clock.id} failed: ${explain(error)}`)
    }
    advancing.delete(clock)
    changed()
  }

  return {
    advanceClocks,

    start() {
      account.catchUp()
      advanceClocks()
      ticking = setInterval(account.catchUp, 1000)
    },

    async stop() {
      clearInterval(ticking)
      stopping.abort()
      await Promise.all([account.stop(), ...advancing.values()])
    },
  }
}

function explain(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
