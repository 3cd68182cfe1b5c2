import type { Context } from '../context.ts'
import type { State, TestClock } from '../state/state.ts'

/** The test clock by which this customer lives; null for those who live by the account's clock. */
export function clockOf(customer: string | null, { customers, testClocks }: State): TestClock | null {
  const found = customers.get(customer ?? '')
  if (!found || found.deleted) return null
  return testClocks.get(found.test_clock ?? '') ?? null
}

/** The context of what happens to this customer: at their test clock's time, if they have one. */
export function onClockOf(customer: string | null, ctx: Context): Context {
  const clock = clockOf(customer, ctx.state)
  return clock ? ctx.at(clock.frozen_time) : ctx
}
