import type { Context } from '../context.ts'
import { ownMap } from '../state/owners.ts'
import { settingsOf } from '../state/settings.ts'
import { unsettledMap } from '../state/settled.ts'
import type { State } from '../state/state.ts'
import type { Mishaps } from './mishaps.ts'
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
  /** Takes what throws, and knows who is left alone for that; without it, what throws stops the time of everybody. */
  mishaps?: Mishaps
}

/** The next thing that is due for somebody; what is due at the same second comes by its agenda, then by whose it is. */
interface Turn {
  due: Due
  agenda: number
  customer: number
}

/** Many a thing may happen in one second, but not without end. */
const mostAtOnce = 100_000

/**
 * Does everything that is due until `to`, one thing after the other in the order of time; what is due at the same
 * second in the order of the agendas. Each thing happens at its own moment, however late it is noticed, but never before
 * something that has happened already.
 *
 * The whole state is looked through once; after that only what is theirs whose turn it was.
 */
export function* pass(to: number, course: Course, ctx: Context): Generator<Due, void> {
  const queue = [...turns(course, ctx.state)].sort(inOrder)
  let moment = reached(course, ctx.state)
  let steps = 0
  for (let turn = queue.shift(); turn && turn.due.at <= to; turn = queue.shift()) {
    const { due } = turn
    steps = due.at > moment ? 0 : steps + 1
    moment = Math.max(moment, due.at)
    reach(moment, course, ctx.state)
    if (!happens(due, { again: steps > mostAtOnce, course }, ctx.at(moment))) continue
    const next = nextTurn(due.customer, course, ctx.state)
    if (next) insert({ ...next, customer: turn.customer }, queue)
    yield due
  }
  reach(Math.max(moment, to), course, ctx.state)
}

/** The same in one go. */
export function runUntil(to: number, course: Course, ctx: Context): Due[] {
  return [...pass(to, course, ctx)]
}

function happens(due: Due, { again, course: { mishaps } }: { again: boolean; course: Course }, ctx: Context): boolean {
  try {
    if (again) throw new Error(`${due.what} is due at ${due.at} again and again`)
    due.act(ctx.unasked())
    return true
  } catch (error) {
    if (!mishaps) throw error
    mishaps.add(due, error)
    return false
  }
}

/** Until when everything has happened by this clock. */
function reached({ clock }: Course, state: State): number {
  return clock === null ? settingsOf(state).reached : (state.testClocks.get(clock)?.frozen_time ?? 0)
}

function reach(moment: number, { clock }: Course, state: State): void {
  const testClock = state.testClocks.get(clock ?? '')
  if (testClock) testClock.frozen_time = moment
  else settingsOf(state).reached = moment
}

/** What will happen next on a clock, if nobody does anything. */
export function nextDue(course: Course, state: State): Due | null {
  const [first] = [...turns(course, state)].sort(inOrder)
  return first?.due ?? null
}

/** The first turn of everybody on this clock. */
function turns({ clock, agendas, mishaps }: Course, state: State): Iterable<Turn> {
  const places = new Map([...state.customers.keys()].map((id, place) => [id, place]))
  const first = new Map<string | null, Turn>()
  for (const [agenda, dues] of agendas.entries()) {
    for (const due of dues(state)) {
      if (due.at >= (first.get(due.customer)?.due.at ?? Infinity)) continue
      if ((clockOf(due.customer, state)?.id ?? null) !== clock || mishaps?.has(due)) continue
      first.set(due.customer, { due, agenda, customer: places.get(due.customer ?? '') ?? -1 })
    }
  }
  return first.values()
}

/** What is next for somebody. What nobody owns has no world of its own: it is looked for everywhere. */
function nextTurn(customer: string | null, { agendas, mishaps }: Course, state: State): Omit<Turn, 'customer'> | null {
  const world = customer === null ? state : worldOf(customer, state)
  let next: Omit<Turn, 'customer'> | null = null
  for (const [agenda, dues] of agendas.entries()) {
    for (const due of dues(world)) {
      if (due.customer !== customer || due.at >= (next?.due.at ?? Infinity) || mishaps?.has(due)) continue
      next = { due, agenda }
    }
  }
  return next
}

/** The state with nothing in what the agendas look through of other customers, or that is over for good. */
function worldOf(customer: string, state: State): State {
  return {
    ...state,
    checkoutSessions: unsettledMap('checkoutSessions', customer, state),
    discounts: ownMap('discounts', customer, state),
    invoices: unsettledMap('invoices', customer, state),
    schedules: ownMap('schedules', customer, state),
    subscriptions: ownMap('subscriptions', customer, state),
  }
}

function inOrder(a: Turn, b: Turn): number {
  return a.due.at - b.due.at || a.agenda - b.agenda || a.customer - b.customer
}

/** Keeps the queue in order. */
function insert(turn: Turn, queue: Turn[]): void {
  let [low, high] = [0, queue.length]
  while (low < high) {
    const middle = (low + high) >> 1
    const other = queue[middle]
    if (other && inOrder(other, turn) <= 0) low = middle + 1
    else high = middle
  }
  queue.splice(low, 0, turn)
}
