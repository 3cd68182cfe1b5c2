import type { Context } from '../context.ts'
import type { State } from '../state/state.ts'
import { clockOf } from './on-clock.ts'

/** Something that the passing of time will do: to whom it belongs, when (in seconds), and what then happens. */
export interface Due {
  customer: string | null
  at: number
  /** What a person reads, such as `Renewal of sub_123`. */
  what: string
  /** Touches this customer's world alone. */
  act(ctx: Context): void
}

/** All that is due some day on one kind of object. What has been done must not come up again. */
export type Agenda = (state: State) => Iterable<Due>

/** Whose time passes: that of a test clock, or the account's (`null`); and what it does. */
export interface Course {
  clock: string | null
  agendas: Agenda[]
}

/** Many a thing may happen in one second, but not without end. */
const mostAtOnce = 100_000

/**
 * Does everything that is due until `to`, one thing after the other in the order of time; what is due at the same
 * second in the order of the agendas. Each thing happens at its own moment, however late it is noticed.
 */
export function* pass(to: number, course: Course, ctx: Context): Generator<Due, void> {
  let moment = -Infinity
  let steps = 0
  for (;;) {
    const next = earliest(to, course, ctx.state)
    if (!next) return
    steps = next.at > moment ? 0 : steps + 1
    moment = Math.max(moment, next.at)
    if (steps > mostAtOnce) throw new Error(`${next.what} is due at ${next.at} again and again`)
    const clock = ctx.state.testClocks.get(course.clock ?? '')
    if (clock) clock.frozen_time = Math.max(moment, clock.frozen_time)
    next.act(ctx.at(moment).unasked())
    yield next
  }
}

/** The same in one go. */
export function runUntil(to: number, course: Course, ctx: Context): Due[] {
  return [...pass(to, course, ctx)]
}

/** What will happen next on a clock, if nobody does anything. */
export function nextDue(course: Course, state: State): Due | null {
  return earliest(Infinity, course, state)
}

function earliest(to: number, { clock, agendas }: Course, state: State): Due | null {
  let first: Due | null = null
  for (const agenda of agendas) {
    for (const due of agenda(state)) {
      if (due.at > to || (first && due.at >= first.at)) continue
      if ((clockOf(due.customer, state)?.id ?? null) === clock) first = due
    }
  }
  return first
}
