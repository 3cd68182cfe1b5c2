import type { Context } from '../context.ts'
import { ApiError } from '../http/errors.ts'
import type { State, TestClock } from '../state/state.ts'

/** The test clock by which this customer lives; null for those who live by the account's clock. */
export function clockOf(customer: string | null, { customers, testClocks }: State): TestClock | null {
  const found = customers.get(customer ?? '')
  if (!found || found.deleted) return null
  return testClocks.get(found.test_clock ?? '') ?? null
}

/** The context of what is done to this customer: at their test clock's time, if they have one. */
export function onClockOf(customer: string | null, ctx: Context): Context {
  const clock = clockOf(customer, ctx.state)
  return clock ? onClock(clock, ctx) : ctx
}

/** The context of what only looks at this customer's things, which may be done even while their clock advances. */
export function viewOnClockOf(customer: string | null, ctx: Context): Context {
  const clock = clockOf(customer, ctx.state)
  return clock ? ctx.at(clock.frozen_time) : ctx
}

/** While a clock advances, only time itself changes what lives by it. */
export function onClock({ id, status, frozen_time: time }: TestClock, ctx: Context): Context {
  if (status === 'advancing' && !ctx.byTime) {
    const message = `Test clock advancement underway - cannot perform modifications: ${id}`
    throw new ApiError(429, 'invalid_request_error', message)
  }
  return ctx.at(time)
}
