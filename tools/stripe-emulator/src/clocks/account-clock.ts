import { setImmediate } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { ApiError, invalidRequest } from '../http/errors.ts'
import { settingsOf } from '../state/settings.ts'
import type { State } from '../state/state.ts'
import { nextDue, pass, runUntil, type Course, type Due } from './agenda.ts'
import { agendas } from './agendas.ts'
import { createMishaps, type Mishap } from './mishaps.ts'

/** What happened while the account's clock moved, in the order of time. Seconds. */
export interface Advance {
  from: number
  to: number
  done: Omit<Due, 'act'>[]
}

export interface ClockReading {
  /** Seconds since 1970. */
  now: number
  /** Whether it stands still until it is moved. */
  frozen: boolean
  /** What was due and failed; nothing more is done for these customers until the clock is moved. */
  failed: Mishap[]
}

export interface MoveOptions {
  /**
   * Stops at each moment at which something was done, until all webhooks are delivered or refused. An endpoint that
   * cannot be reached is not waited for.
   */
  settle: boolean
}

/** The time of everybody who is on no test clock. */
export interface AccountClock {
  /** Seconds since 1970. */
  now(): number
  read(): ClockReading
  /** Does what has come due since it was looked at last. */
  catchUp(): void
  /** Goes on to this moment, with everything that is due on the way, and gives way to requests meanwhile. */
  moveTo(moment: number, options: MoveOptions): Promise<Advance>
  /** Stands still from now on; refused while it moves. */
  freeze(): void
  /** Runs on from where it stands; refused while it moves. */
  run(): void
  /** At start and after a reset: at `startsAt`, if nothing has happened yet. A move that is under way ends. */
  begin(): void
  stop(): Promise<void>
}

export interface AccountClockOptions {
  state: State
  /** Where it stands still at first, in seconds; without it, it is the real time. */
  startsAt: number | undefined
  /** The real time, in seconds. */
  realTime(): number
  contextAt(moment: number): Context
  /** It was moved on by so many seconds. */
  moved(seconds: number): void
  /** Resolves once every webhook is delivered or refused. */
  settled(): Promise<void>
  log(message: string): void
  /** How long it moves without giving way to requests, in milliseconds: to begin again takes a look at everything. */
  slice?: number
}

/** Where a step of a move ends. */
interface Step {
  reached: number
  /** Whether nothing more is due on the way. */
  finished: boolean
}

const furthest = 10 * 366 * 86_400

export function createAccountClock({
  state,
  startsAt,
  realTime,
  contextAt,
  moved,
  settled,
  log,
  slice = 50,
}: AccountClockOptions): AccountClock {
  const mishaps = createMishaps(log)
  const course: Course = { clock: null, agendas, mishaps }
  const stopping = new AbortController()
  let caughtUp = -Infinity
  let problem = ''
  let move: Promise<Advance> | undefined
  /** Where it is on its way. */
  let on: number | null = null

  function now(): number {
    const { frozenAt, clockOffset } = settingsOf(state)
    return on ?? frozenAt ?? realTime() + clockOffset
  }

  function set(moment: number): void {
    const settings = settingsOf(state)
    if (settings.frozenAt === null) settings.clockOffset = moment - realTime()
    else settings.frozenAt = moment
  }

  function catchUp(): void {
    // What is due now is the move's to do, and to list.
    if (on !== null) return
    const time = now()
    if (time === caughtUp) return
    caughtUp = time
    try {
      runUntil(time, course, contextAt(time))
    } catch (error) {
      // Not even what is due can be told: it is tried again when the time goes on, but told once.
      if (String(error) !== problem) log(`what was due by ${time} did not happen: ${String(error)}`)
      problem = String(error)
    }
  }

  /** Does some of what is due until `to`; it may stop in the midst of a second. */
  function go(to: number, done: Advance['done']): Step {
    const began = performance.now()
    for (const { customer, at, what } of pass(to, course, contextAt(now()))) {
      done.push({ customer, at, what })
      if (performance.now() - began > slice) return { reached: settingsOf(state).reached, finished: false }
    }
    return { reached: to, finished: true }
  }

  /** Does all that is due at the next moment at which something is. */
  function goToNext(to: number, done: Advance['done']): Step {
    const next = nextDue(course, state)
    if (!next || next.at > to) return { reached: to, finished: true }
    const moment = Math.max(next.at, now())
    done.push(...runUntil(moment, course, contextAt(now())).map(({ customer, at, what }) => ({ customer, at, what })))
    return { reached: moment, finished: false }
  }

  async function walk(to: number, { settle }: MoveOptions): Promise<Advance> {
    const settings = settingsOf(state)
    const advance: Advance = { from: now(), to, done: [] }
    // A reset takes the settings away, and `on` is then no longer this move's.
    const isMine = () => settingsOf(state) === settings
    mishaps.clear()
    on = advance.from
    try {
      for (;;) {
        await (settle ? settled() : setImmediate())
        if (stopping.signal.aborted || !isMine()) break
        const before: number = on
        const { reached, finished } = settle ? goToNext(to, advance.done) : go(to, advance.done)
        on = reached
        set(on)
        if (on > before) moved(on - before)
        // Whatever was asked for since it came there may have made something due.
        if (finished && before === to) break
      }
    } finally {
      if (isMine()) {
        set(on)
        on = null
      }
    }
    return advance
  }

  function refuseOnTheWay(): void {
    if (on !== null) throw new ApiError(429, 'invalid_request_error', 'The clock is on its way already.')
  }

  return {
    now,
    catchUp,
    read: () => ({ now: now(), frozen: settingsOf(state).frozenAt !== null, failed: mishaps.list() }),

    moveTo(to, options) {
      refuseOnTheWay()
      catchUp()
      checkReach(now(), to)
      move = walk(to, options)
      return move
    },

    freeze() {
      refuseOnTheWay()
      settingsOf(state).frozenAt = now()
    },

    run() {
      refuseOnTheWay()
      const moment = now()
      settingsOf(state).frozenAt = null
      set(moment)
    },

    begin() {
      mishaps.clear()
      on = null
      caughtUp = -Infinity
      const settings = settingsOf(state)
      if (startsAt === undefined || settings.frozenAt !== null) return
      if (settings.reached === 0) {
        settings.frozenAt = startsAt
        return
      }
      const reached = new Date(settings.reached * 1000).toISOString()
      log(`the clock given at start is not used: the account has come to ${reached} already; only a reset goes back`)
    },

    async stop() {
      stopping.abort()
      await move?.catch(() => undefined)
    },
  }
}

function checkReach(from: number, to: number): void {
  if (to <= from) throw invalidRequest(`A clock only goes forward: ${to} is not after ${from}.`, { param: 'to' })
  if (to <= from + furthest) return
  const slip = to > 100_000_000_000 ? ' Times are in seconds, and this looks like milliseconds.' : ''
  throw invalidRequest(`The clock moves by ten years at a time, which is until ${from + furthest}, not ${to}.${slip}`, {
    param: 'to',
  })
}
