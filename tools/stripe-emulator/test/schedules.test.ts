import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { advance, customerOnClock, day, newYear, on } from './clock-harness.ts'
import { createPlan, errorOf, startEmulator } from './harness.ts'

/** A stand-in with a customer on a clock, and plans at 10 and 30 dollars a month. */
async function shop(options: { from?: number; card?: string } = {}) {
  const { stripe } = await startEmulator()
  const { clock, customer } = await customerOnClock(stripe, options)
  const basic = await createPlan(stripe, { amount: 1000, name: 'Basic' })
  const pro = await createPlan(stripe, { amount: 3000, name: 'Pro' })
  return {
    stripe,
    customer: customer.id,
    basic: basic.id,
    pro: pro.id,
    until: (moment: number) => advance(stripe, clock.id, moment, 59 * day),
    events: async (type: string) =>
      (await stripe.events.list({ limit: 100 })).data.filter((event) => event.type.startsWith(type)).toReversed(),
    invoices: async () => (await stripe.invoices.list({ customer: customer.id, limit: 100 })).data.toReversed(),
    subscriptionOf: async ({ id }: { id: string }) => {
      const schedule = await stripe.subscriptionSchedules.retrieve(id)
      return await stripe.subscriptions.retrieve(String(schedule.subscription ?? schedule.released_subscription))
    },
  }
}

const month = { interval: 'month' } as const

test('a schedule that starts now has its subscription at once', async () => {
  const { stripe, customer, basic, pro, subscriptionOf, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic, quantity: 2 }], duration: { ...month, interval_count: 2 } },
      { items: [{ price: pro }], duration: month },
    ],
    metadata: { order: '7' },
  })
  expect(schedule).toMatchObject({
    object: 'subscription_schedule',
    status: 'active',
    end_behavior: 'release',
    metadata: { order: '7' },
    current_phase: { start_date: newYear, end_date: on(3, 1) },
    phases: [
      { start_date: newYear, end_date: on(3, 1), items: [{ price: basic, quantity: 2 }] },
      { start_date: on(3, 1), end_date: on(4, 1), items: [{ price: pro, quantity: 1 }] },
    ],
  })
  const subscription = await subscriptionOf(schedule)
  expect(subscription).toMatchObject({ status: 'active', schedule: schedule.id, customer })
  expect(subscription.items.data).toMatchObject([{ price: { id: basic }, quantity: 2 }])
  expect((await events('subscription_schedule')).map(({ type }) => type)).toEqual(['subscription_schedule.created'])
})

// https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases#start-a-subscription-in-the-future
test('a schedule that starts later has no subscription until then', async () => {
  const { stripe, customer, basic, until, subscriptionOf, invoices, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: on(1, 20),
    phases: [{ items: [{ price: basic }], duration: { interval: 'year' } }],
  })
  expect(schedule).toMatchObject({ status: 'not_started', subscription: null, current_phase: null })
  expect((await stripe.subscriptionSchedules.list({ customer, scheduled: true })).data).toHaveLength(1)
  await until(on(1, 20) - 1)
  expect(await invoices()).toEqual([])

  await until(on(1, 20))
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'active' })
  const subscription = await subscriptionOf(schedule)
  expect(subscription).toMatchObject({ status: 'active', start_date: on(1, 20), billing_cycle_anchor: on(1, 20) })
  const [, started] = await events('subscription_schedule')
  expect(started).toMatchObject({
    type: 'subscription_schedule.updated',
    created: on(1, 20),
    data: { previous_attributes: { status: 'not_started', subscription: null, current_phase: null } },
  })
})

// https://docs.stripe.com/billing/subscriptions/backdating
test.each([
  // 15 January to 1 February are 17 of the 31 days from the 1st on: 548 of the 10 dollars; then February and March.
  ['automatic', [548, 1000, 1000], on(3, 1)],
  // Two whole periods from the 15th on, the second of which runs.
  ['phase_start', [1000, 1000], on(1, 15)],
] as const)('a schedule that started in the past bills what has elapsed: %s', async (anchor, amounts, billed) => {
  const { stripe, customer, basic, subscriptionOf, invoices } = await shop({ from: on(3, 1) })
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: on(1, 15),
    phases: [{ items: [{ price: basic }], duration: { interval: 'year' }, billing_cycle_anchor: anchor }],
  })
  expect(schedule).toMatchObject({ status: 'active', current_phase: { start_date: on(1, 15) } })
  expect(await subscriptionOf(schedule)).toMatchObject({ start_date: on(1, 15), billing_cycle_anchor: billed })
  const [invoice, ...others] = await invoices()
  expect(invoice?.lines.data.map(({ amount }) => amount)).toEqual(amounts)
  expect(others).toEqual([])
})

test('a schedule that started in the past may leave out what has elapsed, but must not be over', async () => {
  const { stripe, customer, basic, invoices } = await shop({ from: on(3, 1) })
  const create = (end: number) =>
    stripe.subscriptionSchedules.create({
      customer,
      start_date: on(1, 15),
      phases: [{ items: [{ price: basic }], end_date: end, proration_behavior: 'none' }],
    })
  expect(await errorOf(create(on(2, 15)))).toMatchObject({ statusCode: 400, param: 'phases' })
  await create(on(6, 1))
  expect((await invoices()).map(({ total }) => total)).toEqual([1000])
})

test('a schedule that has not started can be canceled, and nothing begins', async () => {
  const { stripe, customer, basic, until, invoices } = await shop()
  const { id } = await stripe.subscriptionSchedules.create({
    customer,
    start_date: on(1, 20),
    phases: [{ items: [{ price: basic }] }],
  })
  expect(await stripe.subscriptionSchedules.cancel(id)).toMatchObject({ status: 'canceled', canceled_at: newYear })
  await until(on(2, 20))
  expect(await invoices()).toEqual([])
})

// https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases#upgrading-subscriptions
test('at the end of a period the next phase is billed at its own price, without proration', async () => {
  const { stripe, customer, basic, pro, until, invoices, subscriptionOf, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month, metadata: { tier: 'basic', kept: 'yes' } },
      { items: [{ price: pro, quantity: 2 }], duration: { ...month, interval_count: 6 }, metadata: { tier: 'pro' } },
    ],
  })
  await until(on(3, 2))
  expect((await invoices()).map(({ created, total, status }) => [created, total, status])).toEqual([
    [newYear, 1000, 'paid'],
    [on(2, 1), 6000, 'paid'],
    [on(3, 1), 6000, 'paid'],
  ])
  const subscription = await subscriptionOf(schedule)
  expect(subscription).toMatchObject({ metadata: { tier: 'pro', kept: 'yes' }, billing_cycle_anchor: newYear })
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
    current_phase: { start_date: on(2, 1), end_date: on(8, 1) },
  })
  const updated = (await events('subscription_schedule.updated'))[0]
  expect(updated?.data.previous_attributes).toEqual({ current_phase: { start_date: newYear, end_date: on(2, 1) } })
})

test.each([
  // 16 of 31 days are left: 516.13 of the 10 dollars come back, 1548.39 of the 30 are due.
  ['create_prorations', [1000, 3000 - 516 + 1548]],
  ['always_invoice', [1000, 1548 - 516, 3000]],
  ['none', [1000, 3000]],
] as const)('in the middle of a period the next phase is prorated by its own rule: %s', async (behavior, totals) => {
  const { stripe, customer, basic, pro, until, invoices } = await shop()
  await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], end_date: on(1, 16) },
      { items: [{ price: pro }], duration: { interval: 'year' }, proration_behavior: behavior },
    ],
  })
  await until(on(2, 2))
  expect((await invoices()).map(({ total }) => total)).toEqual(totals)
})

test('a phase may begin a new billing cycle', async () => {
  const { stripe, customer, basic, until, subscriptionOf, invoices } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    default_settings: { billing_cycle_anchor: 'phase_start' },
    phases: [
      { items: [{ price: basic }], end_date: on(1, 16) },
      { items: [{ price: basic }], duration: { interval: 'year' }, proration_behavior: 'none' },
    ],
  })
  await until(on(2, 20))
  expect((await subscriptionOf(schedule)).billing_cycle_anchor).toBe(on(1, 16))
  expect((await invoices()).map(({ created }) => created)).toEqual([newYear, on(1, 16), on(2, 16)])
})

test('a phase of another interval is billed at once for its own period', async () => {
  const { stripe, customer, basic, until, invoices, subscriptionOf } = await shop()
  const yearly = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 10_000,
    recurring: { interval: 'year' },
    product_data: { name: 'Yearly' },
  })
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month },
      { items: [{ price: yearly.id }], duration: { interval: 'year' } },
    ],
  })
  await until(on(4, 1))
  expect((await invoices()).map(({ created, total }) => [created, total])).toEqual([
    [newYear, 1000],
    [on(2, 1), 10_000],
  ])
  const { items } = await subscriptionOf(schedule)
  expect(items.data[0]).toMatchObject({
    current_period_start: on(2, 1),
    current_period_end: Date.UTC(2027, 1, 1) / 1000,
  })
})

// https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases#adding-a-trial
test('a phase may be a trial, which costs nothing', async () => {
  const { stripe, customer, basic, until, invoices, subscriptionOf } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month, trial: true },
      { items: [{ price: basic }], duration: { interval: 'year' } },
    ],
  })
  expect(schedule.phases[0]).toMatchObject({ trial: true, trial_end: on(2, 1) })
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'trialing', trial_end: on(2, 1) })
  await until(on(2, 2))
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'active' })
  expect((await invoices()).map(({ created, total }) => [created, total])).toEqual([
    [newYear, 0],
    [on(2, 1), 1000],
  ])
})

// https://docs.stripe.com/billing/subscriptions/subscription-schedules: 50% off for the first months
test('a phase may have a discount, which ends with it', async () => {
  const { stripe, customer, basic, until, invoices } = await shop()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: { ...month, interval_count: 2 }, discounts: [{ coupon: coupon.id }] },
      { items: [{ price: basic }], duration: { interval: 'year' } },
    ],
  })
  await until(on(3, 2))
  expect((await invoices()).map(({ total }) => total)).toEqual([500, 500, 1000])
})

test('a coupon that is gone when its phase begins is left out', async () => {
  const { stripe, customer, basic, until, invoices } = await shop()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month },
      { items: [{ price: basic }], duration: month, discounts: [{ coupon: coupon.id }] },
    ],
  })
  await stripe.coupons.del(coupon.id)
  await until(on(2, 2))
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 1000])
})

test('a phase may add something once', async () => {
  const { stripe, customer, basic, until, invoices } = await shop()
  const setup = await stripe.prices.create({ currency: 'usd', unit_amount: 2500, product_data: { name: 'Setup' } })
  await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month },
      {
        items: [{ price: basic }],
        duration: { ...month, interval_count: 3 },
        add_invoice_items: [{ price: setup.id }],
      },
    ],
  })
  await until(on(3, 2))
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 3500, 1000])
})

test('what a phase does not say, the default settings say', async () => {
  const { stripe, customer, basic, until, subscriptionOf } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    default_settings: { description: 'By default', collection_method: 'charge_automatically' },
    phases: [
      {
        items: [{ price: basic }],
        duration: month,
        description: 'At first',
        collection_method: 'send_invoice',
        invoice_settings: { days_until_due: 10 },
      },
      { items: [{ price: basic }], duration: month },
    ],
  })
  expect(await subscriptionOf(schedule)).toMatchObject({
    description: 'At first',
    collection_method: 'send_invoice',
    days_until_due: 10,
  })
  await until(on(2, 1))
  expect(await subscriptionOf(schedule)).toMatchObject({
    description: 'By default',
    collection_method: 'charge_automatically',
    days_until_due: null,
  })
})

test('a schedule that ends with release leaves its subscription to go on', async () => {
  const { stripe, customer, basic, until, subscriptionOf, invoices, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price: basic }], duration: month }],
  })
  await until(on(3, 2))
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
    status: 'released',
    released_at: on(2, 1),
    released_subscription: schedule.subscription,
    subscription: null,
    current_phase: null,
  })
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'active', schedule: null, cancel_at: null })
  expect(await invoices()).toHaveLength(3)
  expect((await events('subscription_schedule')).map(({ type, created }) => [type, created])).toEqual([
    ['subscription_schedule.created', newYear],
    ['subscription_schedule.expiring', on(2, 1) - 7 * day],
    ['subscription_schedule.updated', on(2, 1)],
    ['subscription_schedule.released', on(2, 1)],
  ])
})

// https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases#installment-plans
test('a schedule that ends with cancel ends its subscription: an installment plan', async () => {
  const { stripe, customer, basic, until, subscriptionOf, invoices, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    end_behavior: 'cancel',
    phases: [{ items: [{ price: basic }], duration: { ...month, interval_count: 3 } }],
  })
  expect((await subscriptionOf(schedule)).cancel_at).toBe(on(4, 1))
  await until(on(6, 1))
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
    status: 'completed',
    completed_at: on(4, 1),
    subscription: schedule.subscription,
  })
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'canceled', ended_at: on(4, 1) })
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 1000, 1000])
  expect((await events('subscription_schedule')).at(-1)?.type).toBe('subscription_schedule.completed')
})

test('an existing subscription gets a schedule of its period, to which phases are added', async () => {
  const { stripe, customer, basic, pro, until, subscriptionOf, invoices } = await shop()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: pro }] })
  await until(on(1, 10))
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  expect(schedule).toMatchObject({
    status: 'active',
    subscription: subscription.id,
    end_behavior: 'release',
    current_phase: { start_date: newYear, end_date: on(2, 1) },
    phases: [{ start_date: newYear, end_date: on(2, 1), items: [{ price: pro, quantity: 1 }] }],
  })
  expect(await errorOf(stripe.subscriptionSchedules.create({ from_subscription: subscription.id }))).toMatchObject({
    message: `You cannot migrate a subscription that is already attached to a schedule: \`${schedule.id}\`.`,
  })

  // https://docs.stripe.com/billing/subscriptions/subscription-schedules/use-cases#downgrading-subscriptions
  const [running] = schedule.phases
  const items = [{ price: pro, quantity: 1 }]
  await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [
      { items, start_date: running?.start_date ?? 0, end_date: running?.end_date ?? 0 },
      { items: [{ price: basic }], duration: month },
    ],
  })
  await until(on(2, 2))
  const after = await subscriptionOf(schedule)
  expect(after.items.data).toMatchObject([{ id: subscription.items.data[0]?.id, price: { id: basic } }])
  expect((await invoices()).map(({ total }) => total)).toEqual([3000, 1000])
})

test('an existing subscription that is to end ends with its schedule', async () => {
  const { stripe, customer, basic, until, subscriptionOf } = await shop()
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: basic }], cancel_at: on(3, 10) })
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id })
  expect(schedule).toMatchObject({ end_behavior: 'cancel', current_phase: { end_date: on(3, 10) } })
  await until(on(4, 1))
  expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('completed')
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'canceled', ended_at: on(3, 10) })
})

test('a phase cannot have the same coupon twice, nor a schedule change its currency', async () => {
  const { stripe, customer, basic } = await shop()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  const discounts = [{ coupon: coupon.id }, { coupon: coupon.id }]
  expect(
    await errorOf(
      stripe.subscriptionSchedules.create({ customer, phases: [{ items: [{ price: basic }], discounts }] }),
    ),
  ).toMatchObject({ statusCode: 400 })
  const { id } = await stripe.subscriptionSchedules.create({ customer, phases: [{ items: [{ price: basic }] }] })
  const euro = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 100,
    recurring: { interval: 'month' },
    product_data: { name: 'Euro' },
  })
  expect(
    await errorOf(
      stripe.subscriptionSchedules.update(id, { phases: [{ items: [{ price: euro.id }], start_date: newYear }] }),
    ),
  ).toMatchObject({ statusCode: 400, param: 'phases' })
})

test('from_subscription stands alone', async () => {
  const { stripe, customer, basic } = await shop()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: basic }] })
  expect(
    await errorOf(stripe.subscriptionSchedules.create({ from_subscription: subscription.id, end_behavior: 'cancel' })),
  ).toMatchObject({ statusCode: 400, param: 'end_behavior' })
})

test('a change of the phase that runs holds at once, prorated as the request says', async () => {
  const { stripe, customer, basic, pro, until, subscriptionOf, invoices, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price: basic }], duration: { interval: 'year' } }],
  })
  await until(on(1, 16))
  const end = schedule.phases[0]?.end_date ?? 0
  await stripe.subscriptionSchedules.update(schedule.id, {
    proration_behavior: 'always_invoice',
    phases: [{ items: [{ price: pro }], start_date: newYear, end_date: end }],
  })
  expect((await subscriptionOf(schedule)).items.data).toMatchObject([{ price: { id: pro } }])
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 1548 - 516])
  const previous = (await events('subscription_schedule.updated')).at(-1)?.data.previous_attributes
  expect(Object.keys(previous ?? {})).toEqual(['phases'])
})

test('a phase that ends now makes room for the next', async () => {
  const { stripe, customer, basic, pro, until, subscriptionOf, invoices } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price: basic }], duration: { interval: 'year' } }],
  })
  await until(on(1, 16))
  const updated = await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [
      { items: [{ price: basic }], start_date: newYear, end_date: 'now' },
      { items: [{ price: pro }], duration: month, proration_behavior: 'none' },
    ],
  })
  expect(updated.current_phase).toEqual({ start_date: on(1, 16), end_date: on(2, 16) })
  expect((await subscriptionOf(schedule)).items.data).toMatchObject([{ price: { id: pro } }])
  expect(await invoices()).toHaveLength(1)
})

test('past phases can be left out of an update, the phase that runs cannot', async () => {
  const { stripe, customer, basic, pro, until } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month },
      { items: [{ price: pro }], duration: month },
    ],
  })
  await until(on(2, 10))
  const running = { items: [{ price: pro }], start_date: on(2, 1) }
  const updated = await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [{ ...running, end_date: on(5, 1) }],
  })
  expect(updated.phases.map(({ start_date: start }) => start)).toEqual([newYear, on(2, 1)])
  for (const phases of [
    [{ items: [{ price: basic }], start_date: on(3, 1) }],
    [{ items: [{ price: basic }], start_date: newYear, end_date: on(4, 1) }],
    [{ ...running, end_date: on(2, 5) }],
    [{ items: [{ price: basic }] }],
  ]) {
    expect(await errorOf(stripe.subscriptionSchedules.update(schedule.id, { phases }))).toMatchObject({
      statusCode: 400,
    })
  }
})

test('a schedule that has not started can be replanned, or started', async () => {
  const { stripe, customer, basic, pro, subscriptionOf } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    start_date: on(3, 1),
    phases: [{ items: [{ price: basic }] }],
  })
  const later = await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [{ items: [{ price: pro }], start_date: on(4, 1) }],
  })
  expect(later).toMatchObject({ status: 'not_started', phases: [{ start_date: on(4, 1), end_date: on(5, 1) }] })
  const begun = await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [{ items: [{ price: pro }], start_date: 'now' }],
  })
  expect(begun).toMatchObject({ status: 'active', current_phase: { start_date: newYear, end_date: on(2, 1) } })
  expect(await subscriptionOf(schedule)).toMatchObject({ status: 'active', schedule: schedule.id })
})

test('a schedule can be released before its time', async () => {
  const { stripe, customer, basic, pro, until, subscriptionOf, invoices } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    end_behavior: 'cancel',
    phases: [
      { items: [{ price: basic }], duration: month },
      { items: [{ price: pro }], duration: month },
    ],
  })
  expect(await stripe.subscriptionSchedules.release(schedule.id)).toMatchObject({
    status: 'released',
    released_subscription: schedule.subscription,
    subscription: null,
  })
  expect(await subscriptionOf(schedule)).toMatchObject({ schedule: null, cancel_at: null })
  await until(on(4, 2))
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 1000, 1000, 1000])
  expect(await errorOf(stripe.subscriptionSchedules.release(schedule.id))).toMatchObject({
    message:
      'You cannot release a subscription schedule that is currently in the `released` status. It must be in one of ' +
      'the following statuses: `not_started`, `active`.',
  })
})

test('a release can keep the date on which the subscription ends', async () => {
  const { stripe, customer, basic, subscriptionOf } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    end_behavior: 'cancel',
    phases: [{ items: [{ price: basic }], duration: { ...month, interval_count: 3 } }],
  })
  await stripe.subscriptionSchedules.release(schedule.id, { preserve_cancel_date: true })
  expect((await subscriptionOf(schedule)).cancel_at).toBe(on(4, 1))
})

test('canceling a schedule ends its subscription, with a last invoice unless none is wanted', async () => {
  const { stripe, customer, basic, until, subscriptionOf, invoices, events } = await shop()
  const create = () =>
    stripe.subscriptionSchedules.create({ customer, phases: [{ items: [{ price: basic }], duration: month }] })
  const [one, two] = [await create(), await create()]
  await until(on(1, 16))
  await stripe.subscriptionSchedules.cancel(one.id, { invoice_now: false, prorate: false })
  expect(await invoices()).toHaveLength(2)
  await stripe.subscriptionSchedules.cancel(two.id)
  expect((await invoices()).map(({ total }) => total)).toEqual([1000, 1000, -516])
  for (const schedule of [one, two]) {
    expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: 'canceled',
      canceled_at: on(1, 16),
    })
    expect((await subscriptionOf(schedule)).status).toBe('canceled')
  }
  expect(await events('subscription_schedule.canceled')).toHaveLength(2)
})

test('a scheduled subscription takes no word about its end but the schedule’s', async () => {
  const { stripe, customer, basic } = await shop()
  const { id, subscription } = await stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price: basic }] }],
  })
  for (const change of [{ cancel_at_period_end: true }, { cancel_at: on(1, 20) }]) {
    expect(await errorOf(stripe.subscriptions.update(String(subscription), change))).toMatchObject({
      statusCode: 400,
      message:
        `The subscription is managed by the subscription schedule \`${id}\`, and updating any cancelation behavior ` +
        'directly is not allowed. Please update the schedule instead.',
    })
  }
})

test('a scheduled subscription that is changed itself keeps the change until its phase ends', async () => {
  const { stripe, customer, basic, pro, until, subscriptionOf } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [
      { items: [{ price: basic }], duration: month },
      { items: [{ price: pro }], duration: month },
    ],
  })
  const [item] = (await subscriptionOf(schedule)).items.data
  await stripe.subscriptions.update(String(schedule.subscription), { items: [{ id: item?.id ?? '', quantity: 5 }] })
  expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).phases[0]?.items).toMatchObject([
    { price: basic, quantity: 5 },
  ])
  await until(on(2, 2))
  expect((await subscriptionOf(schedule)).items.data).toMatchObject([{ price: { id: pro }, quantity: 1 }])
})

test('a schedule ends with its subscription', async () => {
  const { stripe, customer, basic, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({ customer, phases: [{ items: [{ price: basic }] }] })
  await stripe.subscriptions.cancel(String(schedule.subscription))
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'canceled' })
  expect(await events('subscription_schedule.canceled')).toHaveLength(1)
})

test('a schedule is aborted when its subscription ends because nobody pays', async () => {
  const { stripe, customer, basic, until, events } = await shop()
  const schedule = await stripe.subscriptionSchedules.create({
    customer,
    phases: [{ items: [{ price: basic }], duration: { interval: 'year' } }],
  })
  const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
  await until(on(3, 15))
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: 'canceled' })
  expect((await events('subscription_schedule')).map(({ type }) => type)).toContain('subscription_schedule.aborted')
})

test('a customer who is deleted leaves no schedule that would start', async () => {
  const { stripe, customer, basic, until } = await shop()
  const { id } = await stripe.subscriptionSchedules.create({
    customer,
    start_date: on(1, 20),
    phases: [{ items: [{ price: basic }] }],
  })
  await stripe.customers.del(customer)
  await until(on(2, 20))
  expect(await stripe.subscriptionSchedules.retrieve(id)).toMatchObject({ status: 'canceled', subscription: null })
})

const impossible: [string, (prices: { basic: string; once: string; euro: string }) => object][] = [
  ['phases[0][items][0][price]', ({ once }) => ({ phases: [{ items: [{ price: once }] }] })],
  ['phases[0][end_date]', ({ basic }) => ({ phases: [{ items: [{ price: basic }], end_date: newYear - 1 }] })],
  ['phases[0]', ({ basic }) => ({ phases: [{ items: [{ price: basic }], end_date: on(2, 1), duration: month }] })],
  [
    'phases[0][billing_cycle_anchor]',
    ({ basic }) => ({ phases: [{ items: [{ price: basic }], trial: true, billing_cycle_anchor: 'phase_start' }] }),
  ],
  ['phases[0][trial_end]', ({ basic }) => ({ phases: [{ items: [{ price: basic }], trial_end: on(3, 1) }] })],
  ['phases[0][items][1][price]', ({ basic, euro }) => ({ phases: [{ items: [{ price: basic }, { price: euro }] }] })],
  ['phases[0][items]', () => ({ phases: [{ duration: month }] })],
  ['phases', () => ({})],
  ['phases[0][iterations]', ({ basic }) => ({ phases: [{ items: [{ price: basic }], iterations: 2 }] })],
  ['end_behavior', ({ basic }) => ({ end_behavior: 'renew', phases: [{ items: [{ price: basic }] }] })],
]

test.each(impossible)('what cannot be planned is refused by name: %s', async (param, plan) => {
  const { stripe, customer, basic } = await shop()
  const once = await stripe.prices.create({ currency: 'usd', unit_amount: 100, product_data: { name: 'Once' } })
  const euro = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 100,
    recurring: { interval: 'month' },
    product_data: { name: 'Euro' },
  })
  const params = { customer, ...plan({ basic, once: once.id, euro: euro.id }) }
  const error = await errorOf(stripe.subscriptionSchedules.create(params))
  expect(error).toMatchObject({ statusCode: 400, param })
  expect((await stripe.subscriptionSchedules.list({ customer })).data).toEqual([])
})

test('schedules are listed by customer; those on clocks only so', async () => {
  const { stripe, customer, basic } = await shop()
  const other = await stripe.customers.create()
  const phases = [{ items: [{ price: basic }] }]
  const here = await stripe.subscriptionSchedules.create({ customer, start_date: on(2, 1), phases })
  const there = await stripe.subscriptionSchedules.create({
    customer: other.id,
    start_date: Math.floor(Date.now() / 1000) + day,
    phases,
  })
  const ids = async (params: Stripe.SubscriptionScheduleListParams) =>
    (await stripe.subscriptionSchedules.list(params)).data.map(({ id }) => id)
  expect(await ids({})).toEqual([there.id])
  expect(await ids({ customer })).toEqual([here.id])
  await stripe.subscriptionSchedules.cancel(there.id)
  expect(await ids({ scheduled: true })).toEqual([])
  expect(await ids({ canceled_at: { gte: 1 } })).toEqual([there.id])
})
