import { setImmediate } from 'node:timers/promises'
import { periodEnd } from '../arithmetic/billing-period.ts'
import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { Price, State, TestClock } from '../state/state.ts'
import { pass } from './agenda.ts'
import { agendas } from './agendas.ts'
import { clockOf, onClock } from './on-clock.ts'

/** Sets a test clock going; `finishAdvancing` brings it there. */
export function startAdvancing(clock: TestClock, to: number, ctx: Context): TestClock {
  onClock(clock, ctx)
  if (clock.status === 'internal_failure') {
    throw invalidRequest(`Test clock ${clock.id} failed to advance before; it can only be deleted.`)
  }
  refuseBackwards(clock.frozen_time, to)
  refuseTooFar(clock, to, ctx.state)
  clock.status = 'advancing'
  clock.status_details = { advancing: { target_frozen_time: to } }
  ctx.emit('test_helpers.test_clock.advancing', clock)
  return clock
}

/** How long time may pass without giving way to requests, in milliseconds. */
const slice = 10

/**
 * Brings a clock that is advancing to where it is to be. All it needs is in the state, so that a restart goes on where
 * the last run stopped.
 */
export async function finishAdvancing(clock: TestClock, context: () => Context, signal: AbortSignal): Promise<void> {
  const to = clock.status_details.advancing?.target_frozen_time ?? clock.frozen_time
  const lives = () => !signal.aborted && context().state.testClocks.get(clock.id) === clock
  try {
    while (lives() && !passSlice(clock.id, to, context())) await setImmediate()
  } catch (error) {
    clock.status = 'internal_failure'
    clock.status_details = {}
    context().emit('test_helpers.test_clock.internal_failure', clock)
    throw error
  }
  if (!lives()) return
  Object.assign(clock, { status: 'ready', status_details: {}, frozen_time: to } satisfies Partial<TestClock>)
  context().emit('test_helpers.test_clock.ready', clock)
}

/** Whether all is done. */
function passSlice(clock: string, to: number, ctx: Context): boolean {
  const began = performance.now()
  const things = pass(to, { clock, agendas }, ctx)
  while (performance.now() - began < slice) if (things.next().done) return true
  return false
}

function refuseBackwards(from: number, to: number): void {
  if (to > from) return
  throw invalidRequest(`A clock only goes forward: ${to} is not after ${from}.`, { param: 'frozen_time' })
}

/**
 * Two intervals of the shortest subscription, or two years where there is none:
 * https://docs.stripe.com/api/test_clocks/advance
 */
function refuseTooFar({ id, frozen_time: from }: TestClock, to: number, state: State): void {
  const limits = [...intervalsOn(id, state)].map(({ interval, interval_count: count }) =>
    periodEnd(from, { interval, interval_count: 2 * count }, from),
  )
  const limit = Math.min(periodEnd(from, { interval: 'year', interval_count: 2 }, from), ...limits)
  if (to <= limit) return
  const reach = limits.length > 0 ? 'two intervals of its shortest subscription' : 'two years'
  const message = `Test clock ${id} can advance by ${reach} at a time, which is until ${limit}.`
  throw invalidRequest(message, { param: 'frozen_time' })
}

function* intervalsOn(clock: string, state: State): Iterable<NonNullable<Price['recurring']>> {
  for (const { customer, status, items } of state.subscriptions.values()) {
    if (status === 'canceled' || status === 'incomplete_expired' || clockOf(customer, state)?.id !== clock) continue
    for (const { price } of items.data) if (price.recurring) yield price.recurring
  }
  for (const { customer, status, phases } of state.schedules.values()) {
    if (status !== 'not_started' || clockOf(customer, state)?.id !== clock) continue
    for (const item of phases.flatMap(({ items }) => items)) {
      const recurring = state.prices.get(item.price)?.recurring
      if (recurring) yield recurring
    }
  }
}
