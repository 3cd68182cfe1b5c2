import { expect, test } from 'vitest'
import { day, hour, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

/** A shop in May 2026 with a meter for calls of 0.10. */
async function shopWithMeter() {
  const shop = await openShop(utc(2026, 4, 1))
  const { id: meter } = await shop.stripe.billing.meters.create({
    default_aggregation: { formula: 'sum' },
    display_name: 'Calls',
    event_name: 'calls',
  })
  const metered = (amount: number) =>
    shop.price(amount, {
      recurring: { interval: 'month', usage_type: 'metered', meter },
      product_data: { name: 'Calls' },
    })
  async function use(customer: string, value: number): Promise<void> {
    const payload = { stripe_customer_id: customer, value: String(value) }
    await shop.stripe.billing.meterEvents.create({ event_name: 'calls', payload, timestamp: shop.now() - 60 })
  }
  return { ...shop, metered, use }
}

// https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup
test.each([
  ['create_prorations', [[1000, '100 × Calls (at $0.10 / month)']]],
  ['none', []],
] as const)('a metered price that is taken away with %s', async (proration_behavior, waiting) => {
  const { stripe, customer: newCustomer, price, metered, use, travelTo, pending, now } = await shopWithMeter()
  const customer = await newCustomer()
  const items = [{ price: await price(1000) }, { price: await metered(10) }]
  const subscription = await stripe.subscriptions.create({ customer, items })
  await travelTo(now() + 5 * day)
  await use(customer, 100)
  const [, calls] = subscription.items.data
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: calls?.id ?? '', deleted: true }],
    proration_behavior,
  })
  expect(await pending(customer)).toEqual(waiting)
})

test('a metered price that goes without proration when the period begins anew is not billed, one that stays is', async () => {
  const { stripe, customer: newCustomer, metered, use, travelTo, linesOf, now } = await shopWithMeter()
  const customer = await newCustomer()
  const [goes, stays] = [await metered(10), await metered(20)]
  const { id, items } = await stripe.subscriptions.create({ customer, items: [{ price: goes }, { price: stays }] })
  await travelTo(now() + 5 * day)
  await use(customer, 100)
  const changed = await stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]?.id ?? '', deleted: true }],
    billing_cycle_anchor: { type: 'now' },
    proration_behavior: 'none',
  })
  expect(await linesOf(changed.latest_invoice)).toEqual([[2000, '100 × Calls (at $0.20 / month)']])
})

test('a metered price that a schedule changes at the end of a period is billed to that end, and has no line of no length', async () => {
  const { stripe, customer: newCustomer, metered, use, travelTo, linesOf, now } = await shopWithMeter()
  const customer = await newCustomer()
  const [before, after] = [await metered(10), await metered(20)]
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: before }] })
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: id })
  const { start_date, end_date } = schedule.phases[0] ?? { start_date: 0, end_date: 0 }
  await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [
      { start_date, end_date, items: [{ price: before }], proration_behavior: 'none' },
      { items: [{ price: after }], duration: { interval: 'month' }, proration_behavior: 'none' },
    ],
  })
  await travelTo(now() + 5 * day)
  await use(customer, 100)
  await travelTo(end_date + 2 * hour)
  const { latest_invoice } = await stripe.subscriptions.retrieve(id)
  expect(await linesOf(latest_invoice)).toEqual([[1000, '100 × Calls (at $0.10 / month)']])
})

// https://docs.stripe.com/api/subscriptions/object#subscription_object-cancel_at_period_end: whether it did cancel so.
test('what ended with its period says so, and what was ended before does not', async () => {
  const { stripe, customer, price, travelTo } = await openShop(utc(2026, 4, 1))
  const items = [{ price: await price(1000) }]
  const [planned, cut] = [
    await stripe.subscriptions.create({ customer: await customer(), items, cancel_at_period_end: true }),
    await stripe.subscriptions.create({ customer: await customer(), items, cancel_at_period_end: true }),
  ]
  await stripe.subscriptions.cancel(cut.id)
  await travelTo(utc(2026, 5, 1))
  const ends = { status: 'canceled', ended_at: utc(2026, 5, 1), cancel_at_period_end: true }
  expect(await stripe.subscriptions.retrieve(planned.id)).toMatchObject(ends)
  expect(await stripe.subscriptions.retrieve(cut.id)).toMatchObject({ status: 'canceled', cancel_at_period_end: false })
  const { data } = await stripe.events.list({ type: 'customer.subscription.deleted', limit: 1 })
  expect(data[0]?.data.object).toMatchObject({ id: planned.id, ...ends })
})

// https://docs.stripe.com/api/subscriptions/object#subscription_object-status
test('an invoice whose retries are exhausted ends the subscription, though a later one asked for nothing', async () => {
  const { stripe, customer: newCustomer, useCard, price, travelTo, now } = await openShop(utc(2026, 4, 1))
  const customer = await newCustomer()
  const created = await stripe.subscriptions.create({ customer, items: [{ price: await price(1000), quantity: 5 }] })
  await useCard(customer, 'pm_card_chargeCustomerFail')
  await travelTo(utc(2026, 5, 3))
  const { status, latest_invoice: renewal } = await stripe.subscriptions.retrieve(created.id)
  expect(status).toBe('past_due')
  const fewer = await stripe.subscriptions.update(created.id, {
    items: [{ id: itemOf(created).id, quantity: 4 }],
    proration_behavior: 'always_invoice',
  })
  expect(fewer.status).toBe('active')
  await travelTo(now() + 25 * day)
  expect(await stripe.invoices.retrieve(idOf(renewal))).toMatchObject({ status: 'open', next_payment_attempt: null })
  expect(await stripe.subscriptions.retrieve(created.id)).toMatchObject({
    status: 'canceled',
    cancellation_details: { reason: 'payment_failed' },
  })
})

test('items of another interval in place of all that were there begin a new period, which is billed at once', async () => {
  const { stripe, customer: newCustomer, price, travelTo, linesOf } = await openShop(utc(2026, 4, 1))
  const customer = await newCustomer()
  const [monthly, yearly] = [await price(1000), await price(10_000, { recurring: { interval: 'year' } })]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] })
  await travelTo(utc(2026, 4, 16, 12))
  const items = [{ id: itemOf(created).id, deleted: true }, { price: yearly }]
  const changed = await stripe.subscriptions.update(created.id, { items })
  expect(changed.billing_cycle_anchor).toBe(utc(2026, 4, 16, 12))
  expect(itemOf(changed).current_period_end).toBe(utc(2027, 4, 16, 12))
  expect((await linesOf(changed.latest_invoice)).map(([amount]) => amount)).toEqual([-500, 10_000])
})

// https://docs.stripe.com/billing/subscriptions/mixed-interval
test('an item of another interval beside one that stays keeps the dates', async () => {
  const { stripe, customer: newCustomer, price, travelTo } = await openShop(utc(2026, 4, 1))
  const customer = await newCustomer()
  const [monthly, yearly] = [await price(1000), await price(10_000, { recurring: { interval: 'year' } })]
  const created = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] })
  await travelTo(utc(2026, 4, 16, 12))
  const changed = await stripe.subscriptions.update(created.id, { items: [{ price: yearly }] })
  expect(changed.billing_cycle_anchor).toBe(utc(2026, 4, 1))
  expect(changed.items.data.map((item) => item.current_period_end)).toEqual([utc(2026, 5, 1), utc(2027, 4, 1)])
})
