import { expect, test } from 'vitest'
import { aggregate, usageOf } from '../src/meters/usage.ts'
import { emptyState, type Meter, type UsageRecord } from '../src/state/state.ts'
import { errorOf, startEmulator, until } from './harness.ts'

const day = 86_400
/** 15 November 2026, 12:00 UTC. */
const noon = Date.UTC(2026, 10, 15, 12) / 1000

async function startMetering({ formula = 'sum' } = {}) {
  let now = noon
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  const meter = await stripe.billing.meters.create({
    display_name: 'Search API Calls',
    event_name: 'ai_search_api',
    default_aggregation: { formula },
  })
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  async function report(value: string | null, more: { timestamp?: number; identifier?: string } = {}) {
    return await stripe.billing.meterEvents.create({
      event_name: 'ai_search_api',
      payload: { stripe_customer_id: customer.id, ...(value !== null && { value }) },
      ...more,
    })
  }
  async function total(from = noon - 40 * day, to = noon + day) {
    const page = await stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: from,
      end_time: to,
    })
    return page.data[0]?.aggregated_value
  }
  return { stripe, meter, customer, report, total, pass: (seconds: number) => (now += seconds) }
}

test('a meter takes the usual keys of the payload where nothing else is said', async () => {
  const { meter } = await startMetering()
  expect(meter).toMatchObject({
    object: 'billing.meter',
    customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
    value_settings: { event_payload_key: 'value' },
    status: 'active',
    status_transitions: { deactivated_at: null },
    event_time_window: null,
  })
})

test('a meter changes nothing but its name, and tells of it', async () => {
  const { stripe, meter, pass } = await startMetering()
  pass(60)
  const renamed = await stripe.billing.meters.update(meter.id, { display_name: 'Searches' })
  expect(renamed).toMatchObject({ display_name: 'Searches', updated: noon + 60 })
  const [event] = (await stripe.events.list({ type: 'billing.meter.updated' })).data
  expect(event?.data).toEqual({
    object: expect.objectContaining({ display_name: 'Searches', updated: noon + 60 }) as unknown,
    previous_attributes: { display_name: 'Search API Calls', updated: noon },
  })
})

// https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure
test('an event name belongs to one meter', async () => {
  const { stripe } = await startMetering()
  const again = { display_name: 'Again', event_name: 'ai_search_api', default_aggregation: { formula: 'sum' } } as const
  expect(await errorOf(stripe.billing.meters.create(again))).toMatchObject({ statusCode: 400, param: 'event_name' })
})

// https://docs.stripe.com/api/billing/meter/deactivate
test('a deactivated meter takes no events until it is reactivated', async () => {
  const { stripe, meter, report, total } = await startMetering()
  const off = await stripe.billing.meters.deactivate(meter.id)
  expect(off).toMatchObject({ status: 'inactive', status_transitions: { deactivated_at: noon } })
  expect(await errorOf(report('1'))).toMatchObject({ statusCode: 400, code: 'archived_meter' })
  expect((await stripe.billing.meters.list({ status: 'active' })).data).toEqual([])

  const on = await stripe.billing.meters.reactivate(meter.id)
  expect(on).toMatchObject({ status: 'active', status_transitions: { deactivated_at: null } })
  await report('2')
  expect(await total()).toBe(2)
  const types = (await stripe.events.list({ type: 'billing.meter.*' })).data.map(({ type }) => type)
  expect(types).toEqual(['billing.meter.reactivated', 'billing.meter.deactivated', 'billing.meter.created'])
})

// https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api
test('a report answers what was said, with an identifier if it had none', async () => {
  const { report } = await startMetering()
  const said = await report('25', { timestamp: noon - 60 })
  expect(said).toMatchObject({ object: 'billing.meter_event', created: noon, timestamp: noon - 60 })
  expect(said.payload.value).toBe('25')
  expect(said.identifier).not.toBe('')
})

// https://docs.stripe.com/api/billing/meter/create: the formulas
test.each([
  ['sum', 12],
  ['count', 3],
  ['last', -3],
] as const)('%s of 10, 5 and at last -3 is %i', async (formula, expected) => {
  const { report, total } = await startMetering({ formula })
  await report('10', { timestamp: noon - 120 })
  // Later, though it was reported before the one that it follows.
  await report('-3', { timestamp: noon - 30 })
  await report('5', { timestamp: noon - 60 })
  expect(await total()).toBe(expected)
})

test('a meter that counts needs no value, another does', async () => {
  const counting = await startMetering({ formula: 'count' })
  await counting.report(null)
  expect(await counting.total()).toBe(1)
  const adding = await startMetering()
  expect(await errorOf(adding.report(null))).toMatchObject({ code: 'meter_event_invalid_value' })
})

test.each([
  ['1.5', 'meter_event_invalid_value'],
  ['many', 'meter_event_invalid_value'],
  ['', 'meter_event_invalid_value'],
  // https://docs.stripe.com/changelog/dahlia/2026-04-22/billing-meter-event-values-validation
  ['1234567890123456', 'meter_event_value_too_many_digits'],
])('the value %j is refused', async (value, code) => {
  const { report, total } = await startMetering()
  expect(await errorOf(report(value))).toMatchObject({ statusCode: 400, code, param: 'payload[value]' })
  expect(await total()).toBe(0)
})

test('reports that name no meter or nobody are refused', async () => {
  const { stripe, customer } = await startMetering()
  const create = (event_name: string, payload: Record<string, string>) =>
    errorOf(stripe.billing.meterEvents.create({ event_name, payload }))
  expect(await create('other', { value: '1', stripe_customer_id: customer.id })).toMatchObject({ code: 'no_meter' })
  expect(await create('ai_search_api', { value: '1' })).toMatchObject({ code: 'meter_event_no_customer_defined' })
  await stripe.customers.del(customer.id)
  expect(await create('ai_search_api', { value: '1', stripe_customer_id: customer.id })).toMatchObject({
    code: 'meter_event_customer_not_found',
  })
})

// "Within the past 35 calendar days or up to 5 minutes in the future": https://docs.stripe.com/api/billing/meter-event/create
test.each([
  [-35 * day, null],
  [-35 * day - 1, 'timestamp_too_far_in_past'],
  [5 * 60, null],
  [5 * 60 + 1, 'timestamp_in_future'],
])('a report of %i seconds from now: %s', async (offset, code) => {
  const { report } = await startMetering()
  const sent = report('1', { timestamp: noon + offset })
  if (code === null) expect((await sent).timestamp).toBe(noon + offset)
  else expect(await errorOf(sent)).toMatchObject({ statusCode: 400, code, param: 'timestamp' })
})

test('the time of a report is held against the test clock of its customer', async () => {
  const { stripe, report, pass } = await startMetering()
  pass(100 * day)
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: noon })
  const customer = await stripe.customers.create({ test_clock: clock.id })
  const event = await stripe.billing.meterEvents.create({
    event_name: 'ai_search_api',
    payload: { stripe_customer_id: customer.id, value: '1' },
  })
  expect(event).toMatchObject({ timestamp: noon, created: noon })
  expect(await errorOf(report('1', { timestamp: noon }))).toMatchObject({ code: 'timestamp_too_far_in_past' })
})

// The words are Stripe's own, without a code: https://github.com/langfuse/langfuse/pull/16292
test('an identifier counts once within a day, and again after it', async () => {
  const { report, total, pass } = await startMetering()
  await report('3', { identifier: 'run-1' })
  const error = await errorOf(report('3', { identifier: 'run-1' }))
  expect(error).toMatchObject({ statusCode: 400, message: 'An event already exists with identifier run-1.' })
  expect(error.code).toBeUndefined()
  pass(day)
  await report('4', { identifier: 'run-1' })
  expect(await total(noon - day, noon + 2 * day)).toBe(7)
})

test('an adjustment takes back a report of the last day, once', async () => {
  const { stripe, report, total, pass } = await startMetering()
  const cancel = (identifier: string, event_name = 'ai_search_api') =>
    stripe.billing.meterEventAdjustments.create({ event_name, type: 'cancel', cancel: { identifier } })
  await report('3', { identifier: 'wrong' })
  await report('5', { identifier: 'right' })

  expect(await cancel('wrong')).toMatchObject({
    object: 'billing.meter_event_adjustment',
    status: 'complete',
    cancel: { identifier: 'wrong' },
  })
  expect(await total()).toBe(5)
  expect(await errorOf(report('3', { identifier: 'wrong' }))).toMatchObject({ statusCode: 400 })
  expect((await errorOf(cancel('wrong'))).message).toContain('cancelled already')
  expect(await errorOf(cancel('right', 'other'))).toMatchObject({ code: 'resource_missing' })
  pass(day)
  expect((await errorOf(cancel('right'))).message).toContain('more than 24 hours ago')
  expect(await total()).toBe(5)
})

// https://docs.stripe.com/api/billing/meter-event-summary/list: the newest first, hours without usage left out
test('summaries come by the hour or the day, in pages', async () => {
  const { stripe, meter, customer, report } = await startMetering()
  await report('10', { timestamp: noon - 2 * 3600 })
  await report('15', { timestamp: noon - 60 })
  await report('1', { timestamp: noon - day })
  const list = (value_grouping_window: 'hour' | 'day', limit = 10, starting_after?: string) =>
    stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: noon - 12 * 3600 - day,
      end_time: noon + 12 * 3600,
      value_grouping_window,
      limit,
      ...(starting_after && { starting_after }),
    })
  const hours = await list('hour')
  expect(
    hours.data.map(({ aggregated_value, start_time, end_time }) => [aggregated_value, start_time, end_time]),
  ).toEqual([
    [15, noon - 3600, noon],
    [10, noon - 2 * 3600, noon - 3600],
    [1, noon - day, noon - day + 3600],
  ])
  expect((await list('day')).data.map(({ aggregated_value: value }) => value)).toEqual([25, 1])
  expect(hours.data[0]).not.toHaveProperty('created')

  const first = await list('hour', 2)
  expect(first.has_more).toBe(true)
  expect((await list('hour', 2, first.data[1]?.id)).data).toEqual(hours.data.slice(2))
})

test('a window ends before its end', async () => {
  const { report, total } = await startMetering()
  await report('1', { timestamp: noon - 60 })
  await report('2', { timestamp: noon })
  expect(await total(noon - 60, noon)).toBe(1)
  expect(await total(noon, noon + 60)).toBe(2)
})

test.each([
  [undefined, noon + 1],
  ['hour', noon + 60],
  ['day', noon],
] as const)('a summary grouped by %s must be aligned', async (grouping, start) => {
  const { stripe, meter, customer } = await startMetering()
  const error = await errorOf(
    stripe.billing.meters.listEventSummaries(meter.id, {
      customer: customer.id,
      start_time: start,
      end_time: start + day,
      ...(grouping && { value_grouping_window: grouping }),
    }),
  )
  expect(error).toMatchObject({ statusCode: 400, param: 'start_time' })
})

function reportOf(value: string, given: Partial<UsageRecord> = {}): UsageRecord {
  return {
    identifier: value,
    eventName: 'e',
    customer: 'cus',
    value,
    timestamp: 0,
    created: 0,
    cancelled: false,
    ...given,
  }
}

test('sums are exact beyond what a float can tell apart', () => {
  expect(aggregate([reportOf('999999999999999'), reportOf('999999999999999')], 'sum')).toBe('1999999999999998')
  const many = Array.from({ length: 100 }, () => reportOf('999999999999999'))
  expect(aggregate(many, 'sum')).toBe('99999999999999900')
})

// https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api
test('usage that is negative in the end is billed as none', () => {
  const state = emptyState()
  state.meters.set('mtr', { id: 'mtr', event_name: 'e', default_aggregation: { formula: 'sum' } } as Meter)
  state.usage.set('a', reportOf('2'))
  state.usage.set('b', reportOf('-5'))
  const query = { meter: 'mtr', customer: 'cus', from: 0, to: 1 }
  expect(usageOf(query, state)).toBe('0')
  state.usage.set('c', reportOf('4'))
  expect(usageOf(query, state)).toBe('1')
  expect(usageOf({ ...query, customer: 'other' }, state)).toBe('0')
})

test('what others used is not looked at', () => {
  const state = emptyState()
  state.meters.set('mtr', { id: 'mtr', event_name: 'e', default_aggregation: { formula: 'sum' } } as Meter)
  let looks = 0
  const others = Object.defineProperty(reportOf('7'), 'eventName', { get: () => (looks += 1) })
  state.usage.set('theirs', { ...reportOf('2') })
  state.usage.set('others', Object.assign(others, { customer: 'other' }))
  expect(usageOf({ meter: 'mtr', customer: 'cus', from: 0, to: 1 }, state)).toBe('2')
  expect(looks).toBe(0)
})

test('usage is billed at the end of its period, and what is reported at that moment in the next', async () => {
  const { stripe, meter } = await startMetering()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: noon })
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    product_data: { name: 'Search' },
  })
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
  const end = subscription.items.data[0]?.current_period_end ?? 0
  const report = (value: string, timestamp: number) =>
    stripe.billing.meterEvents.create({
      event_name: 'ai_search_api',
      payload: { stripe_customer_id: customer.id, value },
      timestamp,
    })
  const advance = async (frozen_time: number) => {
    await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time })
    await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === 'ready')
  }
  const billed = async () => {
    const [invoice] = (await stripe.invoices.list({ customer: customer.id })).data
    return invoice?.lines.data.map(({ quantity, amount }) => [quantity, amount])
  }

  await report('100', noon)
  await advance(end - 60)
  await report('50', end - 60)
  // The clock of the sender may be ahead by minutes.
  await report('7', end)
  await advance(end + 2 * 3600)
  expect(await billed()).toEqual([[150, 300]])

  // Less than nothing is nothing.
  await report('-20', end + 3600)
  await advance(end + 32 * day)
  expect(await billed()).toEqual([[0, 0]])
})
