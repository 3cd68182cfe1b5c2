import type Stripe from 'stripe'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate } from '../http/list.ts'
import { paging, params, text, timestamp } from '../http/params.ts'
import { newId } from '../ids.ts'
import { ownedNames, ownIn } from '../state/owners.ts'
import type { Customer, TestClock } from '../state/state.ts'
import { startAdvancing } from './advance.ts'
import { deleteClock } from './clock-deletion.ts'
import { onClock } from './on-clock.ts'

const path = '/v1/test_helpers/test_clocks'

/** https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage */
const mostCustomers = 3

const keptSeconds = 30 * 86_400

const createParams = params<Stripe.TestHelpers.TestClockCreateParams>()({
  customer: text.optional(),
  frozen_time: timestamp,
  name: text.optional(),
})

export const testClocks: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const customer = given.customer === undefined ? null : eligible(given.customer, given.frozen_time, ctx)
    const clock: TestClock = {
      id: newId('clock'),
      object: 'test_helpers.test_clock',
      created: ctx.now,
      deletes_after: ctx.now + keptSeconds,
      frozen_time: given.frozen_time,
      livemode: false,
      name: given.name ?? null,
      status: 'ready',
      status_details: {},
    }
    ctx.state.testClocks.set(clock.id, clock)
    if (customer) attach(customer, clock, ctx)
    ctx.emit('test_helpers.test_clock.created', clock)
    return clock
  }),

  member(['GET', `${path}/:id`], params<Stripe.TestHelpers.TestClockRetrieveParams>()({}), (id, _given, ctx) =>
    findClock(id, ctx),
  ),

  collection(['GET', path], params<Stripe.TestHelpers.TestClockListParams>()(paging), (given, { state }) =>
    paginate(state.testClocks.values(), path, given),
  ),

  member(
    ['POST', `${path}/:id/advance`],
    params<Stripe.TestHelpers.TestClockAdvanceParams>()({ frozen_time: timestamp }),
    (id, given, ctx) => startAdvancing(findClock(id, ctx), given.frozen_time, ctx),
  ),

  member(['DELETE', `${path}/:id`], params<Stripe.TestHelpers.TestClockDeleteParams>()({}), (id, _given, ctx) => {
    const clock = findClock(id, ctx)
    onClock(clock, ctx)
    deleteClock(clock, ctx)
    return { id, object: clock.object, deleted: true }
  }),
]

/** The context of a new customer who is to live by this clock. */
export function joinClock(id: string, ctx: Context): Context {
  const clock = findClock(id, ctx, 'test_clock')
  const theirs = onClock(clock, ctx)
  const customers = [...ctx.state.customers.values()].filter((customer) => !customer.deleted)
  if (customers.filter(({ test_clock: on }) => on === id).length >= mostCustomers) {
    const message = `Test clock ${id} has ${mostCustomers} customers already, which is the limit.`
    throw invalidRequest(message, { param: 'test_clock' })
  }
  return theirs
}

function findClock(id: string, { state }: Context, param?: string): TestClock {
  const clock = state.testClocks.get(id)
  if (!clock) throw noSuch('test clock', id, param)
  return clock
}

/** Somebody who lives by the account's clock may change over to a test clock, but not back in time. */
function eligible(id: string, time: number, { state, now }: Context): Customer {
  const customer = state.customers.get(id)
  if (!customer || customer.deleted) throw noSuch('customer', id, 'customer')
  if (customer.test_clock !== null) {
    throw invalidRequest(`Customer ${id} is attached to a test clock already.`, { param: 'customer' })
  }
  if (time < now) {
    throw invalidRequest(`The frozen time of an existing customer's clock can't be in the past.`, {
      param: 'frozen_time',
    })
  }
  return customer
}

/** Everything of the customer that names its clock names this one from now on. */
function attach({ id }: Customer, clock: TestClock, { state }: Context): void {
  for (const [, entry] of ownedNames.flatMap((name): [string, unknown][] => ownIn(name, id, state))) {
    if (typeof entry === 'object' && entry && 'test_clock' in entry) entry.test_clock = clock.id
  }
}
