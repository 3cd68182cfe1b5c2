import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { startAdvancing } from '../src/clocks/advance.ts'
import { onClockOf } from '../src/clocks/on-clock.ts'
import { joinClock } from '../src/clocks/test-clocks.ts'
import { createContext } from '../src/context.ts'
import { emptyState, type Customer, type TestClock } from '../src/state/state.ts'
import { advance, changeFile, customerOnClock, day, newYear, on, payer } from './clock-harness.ts'
import { createPlan, errorOf, startEmulator, temporaryFolder, until } from './harness.ts'

test('a clock advances after the answer, and tells when it begins and when it is there', async () => {
  const { stripe } = await startEmulator()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear, name: 'Year' })
  expect(clock).toMatchObject({ status: 'ready', frozen_time: newYear, name: 'Year', status_details: {} })

  const going = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: newYear + day })
  expect(going).toMatchObject({
    status: 'advancing',
    frozen_time: newYear,
    status_details: { advancing: { target_frozen_time: newYear + day } },
  })
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready')
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
    frozen_time: newYear + day,
    status_details: {},
  })
  const { data } = await stripe.events.list()
  expect(data.map(({ type }) => type)).toEqual([
    'test_helpers.test_clock.ready',
    'test_helpers.test_clock.advancing',
    'test_helpers.test_clock.created',
  ])
})

test('a clock does not go back, nor stand', async () => {
  const { stripe } = await startEmulator()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear })
  for (const to of [newYear - 1, newYear]) {
    const error = await errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to }))
    expect(error).toMatchObject({ statusCode: 400, param: 'frozen_time' })
  }
})

// https://docs.stripe.com/api/test_clocks/advance
test('a clock without subscriptions advances by two years at most', async () => {
  const { stripe } = await startEmulator()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear })
  const limit = Date.UTC(2028, 0, 1) / 1000
  const error = await errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: limit + 1 }))
  expect(error).toMatchObject({ statusCode: 400, param: 'frozen_time' })
  await advance(stripe, clock.id, limit)
})

// https://docs.stripe.com/api/test_clocks/advance
test('a clock with a monthly subscription, or one to come, advances by two months at most', async () => {
  const { stripe } = await startEmulator()
  const { clock, customer } = await customerOnClock(stripe)
  const plan = await createPlan(stripe)
  await stripe.subscriptionSchedules.create({
    customer: customer.id,
    start_date: on(3, 20),
    phases: [{ items: [{ price: plan.id }] }],
  })
  const error = await errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: on(3, 1) + 1 }))
  expect(error).toMatchObject({ statusCode: 400, param: 'frozen_time' })
  await advance(stripe, clock.id, on(3, 1))
  await advance(stripe, clock.id, on(4, 1))
  expect(await errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: on(6, 2) }))).toMatchObject({
    statusCode: 400,
  })
})

test('while a clock advances, what lives by it is changed by time alone', () => {
  const state = emptyState()
  const url = (path: string) => path
  const request = { id: 'req_1', idempotency_key: null }
  const ctx = createContext({ state, byTime: false, url, request, dispatch: () => 0 }, newYear)
  const clock = { id: 'clock_1', status: 'advancing', frozen_time: newYear - day } as TestClock
  state.testClocks.set('clock_1', clock)
  state.customers.set('cus_1', { id: 'cus_1', test_clock: 'clock_1' } as Customer)
  const refusal = { status: 429, message: 'Test clock advancement underway - cannot perform modifications: clock_1' }
  expect(() => onClockOf('cus_1', ctx)).toThrow(expect.objectContaining(refusal))
  expect(() => joinClock('clock_1', ctx)).toThrow(expect.objectContaining(refusal))
  expect(() => startAdvancing(clock, newYear, ctx)).toThrow(expect.objectContaining(refusal))
  expect(onClockOf('cus_1', ctx.unasked()).now).toBe(newYear - day)
  clock.status = 'ready'
  expect(onClockOf('cus_1', ctx).now).toBe(newYear - day)
})

// https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage
test('a clock has three customers at most', async () => {
  const { stripe } = await startEmulator()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear })
  for (let count = 0; count < 3; count += 1) await stripe.customers.create({ test_clock: clock.id })
  expect(await errorOf(stripe.customers.create({ test_clock: clock.id }))).toMatchObject({
    statusCode: 400,
    param: 'test_clock',
  })
})

test('an existing customer moves to a clock with all they have, but not back in time', async () => {
  const { stripe } = await startEmulator({ now: () => newYear * 1000 })
  const customer = await payer(stripe)
  const plan = await createPlan(stripe)
  const { subscription } = await stripe.subscriptionSchedules.create({
    customer: customer.id,
    phases: [{ items: [{ price: plan.id }], duration: { interval: 'year' } }],
  })
  expect(
    await errorOf(stripe.testHelpers.testClocks.create({ customer: customer.id, frozen_time: newYear - day })),
  ).toMatchObject({ param: 'frozen_time' })
  const clock = await stripe.testHelpers.testClocks.create({ customer: customer.id, frozen_time: newYear })
  expect((await stripe.customers.retrieve(customer.id)) as { test_clock?: unknown }).toMatchObject({
    test_clock: clock.id,
  })
  const moved = await stripe.subscriptions.retrieve(String(subscription))
  expect(moved.test_clock).toBe(clock.id)
  await advance(stripe, clock.id, on(2, 2))
  const { data } = await stripe.invoices.list({ customer: customer.id })
  expect(data.map(({ status }) => status)).toEqual(['paid', 'paid'])
  expect(
    await errorOf(stripe.testHelpers.testClocks.create({ customer: customer.id, frozen_time: newYear })),
  ).toMatchObject({ param: 'customer' })
})

test('a clock goes with its customers and all that is theirs; others stay', async () => {
  const { stripe } = await startEmulator()
  const { clock, customer } = await customerOnClock(stripe)
  const other = await customerOnClock(stripe)
  const plan = await createPlan(stripe)
  const phases = [{ items: [{ price: plan.id }] }]
  const gone = await stripe.subscriptionSchedules.create({ customer: customer.id, phases })
  const kept = await stripe.subscriptionSchedules.create({ customer: other.customer.id, phases })

  expect(await stripe.testHelpers.testClocks.del(clock.id)).toEqual({
    id: clock.id,
    object: 'test_helpers.test_clock',
    deleted: true,
  })
  for (const call of [
    stripe.testHelpers.testClocks.retrieve(clock.id),
    stripe.customers.retrieve(customer.id),
    stripe.subscriptionSchedules.retrieve(gone.id),
    stripe.subscriptions.retrieve(String(gone.subscription)),
  ]) {
    expect(await errorOf(call)).toMatchObject({ statusCode: 404 })
  }
  expect((await stripe.subscriptions.retrieve(String(kept.subscription))).status).toBe('active')
  const { data } = await stripe.events.list({ type: 'test_helpers.test_clock.deleted' })
  expect(data.map((event) => (event.data.object as { id: string }).id)).toEqual([clock.id])
})

test('the account’s clock takes no test clock away, however far it is moved', async () => {
  const { stripe, url } = await startEmulator({ now: () => newYear * 1000 })
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: newYear })
  await createControl(url).clock.moveTo(clock.deletes_after + 365 * day)
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({
    status: 'ready',
    frozen_time: newYear,
  })
})

test('a clock that was advancing when the stand-in stopped goes on after the next start', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const first = await startEmulator({ dataFile })
  const { clock, customer } = await customerOnClock(first.stripe)
  const plan = await createPlan(first.stripe)
  await first.stripe.subscriptionSchedules.create({ customer: customer.id, phases: [{ items: [{ price: plan.id }] }] })
  await first.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: on(2, 20) })
  await first.close()

  const second = await startEmulator({ dataFile })
  await until(async () => (await second.stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready')
  expect((await second.stripe.testHelpers.testClocks.retrieve(clock.id)).frozen_time).toBe(on(2, 20))
  const { data } = await second.stripe.invoices.list({ customer: customer.id })
  expect(data.map(({ status }) => status)).toEqual(['paid', 'paid'])
})

test('two clocks do not see each other', async () => {
  const { stripe } = await startEmulator()
  const [one, two] = [await customerOnClock(stripe), await customerOnClock(stripe)]
  const plan = await createPlan(stripe)
  for (const { customer } of [one, two]) {
    await stripe.subscriptionSchedules.create({
      customer: customer.id,
      phases: [{ items: [{ price: plan.id }], duration: { interval: 'year' } }],
    })
  }
  await advance(stripe, one.clock.id, on(2, 2))
  const count = async (customer: string) => (await stripe.invoices.list({ customer })).data.length
  expect([await count(one.customer.id), await count(two.customer.id)]).toEqual([2, 1])
  expect((await stripe.testHelpers.testClocks.retrieve(two.clock.id)).frozen_time).toBe(newYear)
})

test('a clock on which something fails is of no more use, and says so', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const first = await startEmulator({ dataFile })
  const { clock, customer } = await customerOnClock(first.stripe)
  const plan = await createPlan(first.stripe)
  await first.stripe.subscriptionSchedules.create({
    customer: customer.id,
    start_date: newYear + day,
    phases: [{ items: [{ price: plan.id }] }],
  })
  await first.close()
  await changeFile(dataFile, ({ prices }) => prices.clear())

  const { stripe, logged } = await startEmulator({ dataFile })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: newYear + 2 * day })
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'internal_failure')
  expect(logged.join()).toContain(`test clock ${clock.id} failed`)
  expect((await stripe.events.list({ limit: 1 })).data[0]?.type).toBe('test_helpers.test_clock.internal_failure')
  expect(
    await errorOf(stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: newYear + 3 * day })),
  ).toMatchObject({ statusCode: 400 })
  await stripe.testHelpers.testClocks.del(clock.id)
})
