import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { errorOf } from './harness.ts'
import { day, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

const start = utc(2026, 4, 1)
const half = utc(2026, 4, 16, 12)

async function inMay(quantity = 1) {
  const shop = await openShop(start)
  const customer = await shop.customer()
  const plan = await shop.price(10_000)
  const subscription = await shop.stripe.subscriptions.create({ customer, items: [{ price: plan, quantity }] })
  return { ...shop, customer, plan, subscription, id: subscription.id, item: itemOf(subscription).id }
}

/** A meter and a monthly price of 10 for each unit that it counts. */
async function metered({ stripe, price }: Pick<Awaited<ReturnType<typeof openShop>>, 'stripe' | 'price'>) {
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const recurring = { interval: 'month', usage_type: 'metered', meter: meter.id } as const
  return await price(10, { recurring, product_data: { name: 'Calls' } })
}

async function report(stripe: Stripe, customer: string, value: number): Promise<void> {
  await stripe.billing.meterEvents.create({
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value: String(value) },
  })
}

describe('items', () => {
  test('one more is charged for the rest of the period, and renews with the others', async () => {
    const { stripe, id, customer, price, travelTo, pending } = await inMay()
    const extra = await price(2000, { product_data: { name: 'Extra' } })
    await travelTo(half)
    const added = await stripe.subscriptionItems.create({ subscription: id, price: extra, quantity: 3 })
    expect(added).toMatchObject({ subscription: id, quantity: 3, current_period_start: half })
    expect(await pending(customer)).toEqual([[3000, 'Remaining time on 3 × Extra after 16 May 2026']])
    await travelTo(utc(2026, 5, 1, 2))
    const [renewal] = (await stripe.invoices.list({ customer })).data
    expect(renewal?.total).toBe(10_000 + 6000 + 3000)
    const { items } = await stripe.subscriptions.retrieve(id)
    expect(items.data.map(({ current_period_end: end }) => end)).toEqual([utc(2026, 6, 1), utc(2026, 6, 1)])
  })

  test('one that goes is credited', async () => {
    const { stripe, id, item, customer, price, travelTo, pending } = await inMay()
    const extra = await price(2000)
    await stripe.subscriptionItems.create({ subscription: id, price: extra, proration_behavior: 'none' })
    await travelTo(half)
    expect(await stripe.subscriptionItems.del(item)).toEqual({ id: item, object: 'subscription_item', deleted: true })
    expect(await pending(customer)).toEqual([[-5000, 'Unused time on Pro after 16 May 2026']])
    expect((await stripe.subscriptionItems.list({ subscription: id })).data).toMatchObject([{ price: { id: extra } }])
  })

  test('several change in one request', async () => {
    const { stripe, id, item, customer, price, travelTo, pending } = await inMay()
    const [a, b] = [await price(2000), await price(4000)]
    await travelTo(half)
    const changed = await stripe.subscriptions.update(id, {
      items: [{ id: item, deleted: true }, { price: a, quantity: 2 }, { price: b }],
    })
    expect(changed.items.data.map(({ price: { id: one }, quantity }) => [one, quantity])).toEqual([
      [a, 2],
      [b, 1],
    ])
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-5000, 2000, 2000])
  })

  test('are retrieved, relabelled without a charge, and refused where they make no sense', async () => {
    const { stripe, id, item, plan, customer, pending } = await inMay()
    expect(await stripe.subscriptionItems.retrieve(item)).toMatchObject({ id: item, subscription: id })
    const labelled = await stripe.subscriptionItems.update(item, { metadata: { seat: 'a' } })
    expect(labelled.metadata).toEqual({ seat: 'a' })
    expect(await pending(customer)).toEqual([])
    expect(await errorOf(stripe.subscriptionItems.create({ subscription: id, price: plan }))).toMatchObject({
      statusCode: 400,
    })
    expect(await errorOf(stripe.subscriptionItems.del(item))).toMatchObject({ statusCode: 400, param: 'items' })
    expect(await errorOf(stripe.subscriptionItems.retrieve('si_none'))).toMatchObject({ statusCode: 404 })
    const unknown = await errorOf(stripe.subscriptions.update(id, { items: [{ id: 'si_none', quantity: 1 }] }))
    expect(unknown).toMatchObject({ code: 'resource_missing', param: 'items[0][id]' })
  })

  test('none of something costs nothing, and charges as soon as there is one', async () => {
    const { stripe, id, item, customer, travelTo, pending } = await inMay(0)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
    await travelTo(half)
    await stripe.subscriptionItems.update(item, { quantity: 2 })
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([10_000])
  })

  // https://docs.stripe.com/billing/subscriptions/mixed-interval
  test('of two intervals renew each in their own time', async () => {
    const { stripe, id, customer, price, travelTo } = await inMay()
    const weekly = await price(700, { recurring: { interval: 'week' } })
    await stripe.subscriptionItems.create({ subscription: id, price: weekly })
    await travelTo(start + 8 * day)
    const { items } = await stripe.subscriptions.retrieve(id)
    expect(items.data.map(({ current_period_end: end }) => end)).toEqual([utc(2026, 5, 1), start + 14 * day])
    const [latest] = (await stripe.invoices.list({ customer })).data
    expect(latest?.total).toBe(1400)
  })

  test('of a price that is not for this are refused', async () => {
    const { stripe, customer, plan, price } = await inMay()
    const once = await stripe.prices.create({ currency: 'usd', unit_amount: 1, product_data: { name: 'Once' } })
    const euros = await price(100, { currency: 'eur' })
    const create = (items: Stripe.SubscriptionCreateParams.Item[]) =>
      errorOf(stripe.subscriptions.create({ customer, items }))
    expect((await create([{ price: once.id }])).message).toContain('type=recurring')
    expect((await create([{ price: plan }, { price: plan }])).message).toContain('same plan')
    expect((await create([{ price: plan }, { price: euros }])).message).toContain('eur')
    expect((await create([{ price: euros }])).message).toContain('combine currencies')
    expect(await create([])).toMatchObject({ param: 'items' })
  })
})

describe('metered items', () => {
  // https://docs.stripe.com/billing/subscriptions/billing-mode/compare: no line of nothing when it is added.
  test('are billed in arrears for what was used in the period', async () => {
    const shop = await openShop(start)
    const { stripe, travelTo, linesOf } = shop
    const customer = await shop.customer(null)
    const price = await metered(shop)
    const created = await stripe.subscriptions.create({ customer, items: [{ price }] })
    expect(created).toMatchObject({ status: 'active', latest_invoice: null })
    expect(itemOf(created).quantity).toBeUndefined()
    await travelTo(half)
    await report(stripe, customer, 120)
    await report(stripe, customer, 3)
    await travelTo(utc(2026, 5, 1))
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(created.id)
    expect(await linesOf(latest)).toEqual([[1230, '123 × Calls (at $0.10 / month)']])
    const { lines } = await stripe.invoices.retrieve(idOf(latest))
    expect(lines.data[0]?.period).toEqual({ start, end: utc(2026, 5, 1) })
  })

  test.each([
    [{}, [[500, '50 × Calls (at $0.10 / month)']]],
    [{ clear_usage: true }, []],
  ])('that go with %j leave %j', async (params, expected) => {
    const shop = await inMay()
    const { stripe, id, customer, travelTo, pending } = shop
    const { id: calls } = await stripe.subscriptionItems.create({ subscription: id, price: await metered(shop) })
    await travelTo(half)
    await report(stripe, customer, 50)
    await travelTo(half + day)
    await stripe.subscriptionItems.del(calls, params)
    expect(await pending(customer)).toEqual(expected)
  })

  test('are billed with the last invoice', async () => {
    const shop = await inMay()
    const { stripe, id, customer, travelTo, linesOf } = shop
    await stripe.subscriptionItems.create({ subscription: id, price: await metered(shop) })
    await report(stripe, customer, 7)
    await travelTo(half)
    const canceled = await stripe.subscriptions.cancel(id, { invoice_now: true })
    expect(await linesOf(canceled.latest_invoice)).toEqual([[70, '7 × Calls (at $0.10 / month)']])
  })

  test('have no quantity', async () => {
    const shop = await inMay()
    const price = await metered(shop)
    const refused = await errorOf(
      shop.stripe.subscriptions.create({ customer: shop.customer, items: [{ price, quantity: 2 }] }),
    )
    expect(refused).toMatchObject({ param: 'items[0][quantity]' })
  })
})

// https://docs.stripe.com/billing/subscriptions/pause
describe('a subscription that is paused', () => {
  test('is credited, bills nothing, and begins anew when it is resumed', async () => {
    const { stripe, id, customer, travelTo, pending, types } = await inMay()
    await travelTo(half)
    const paused = await stripe.subscriptions.pause(id)
    expect(paused).toMatchObject({
      status: 'paused',
      status_details: { paused: { subscription: { type: 'pause_requested' } } },
    })
    expect(await pending(customer)).toEqual([[-5000, 'Unused time on Pro after 16 May 2026']])
    await travelTo(utc(2026, 7, 1))
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
    const resumed = await stripe.subscriptions.resume(id, { expand: ['latest_invoice'] })
    expect(resumed).toMatchObject({ status: 'active', latest_invoice: { total: 5000, status: 'paid' } })
    expect(resumed.billing_cycle_anchor).toBe(utc(2026, 7, 1))
    expect(await types()).toContain('customer.subscription.resumed')
    expect(await errorOf(stripe.subscriptions.resume(id))).toMatchObject({ statusCode: 400 })
  })

  test('keeps its dates when it is resumed unchanged, and pays for the rest', async () => {
    const { stripe, id, customer, travelTo, pending } = await inMay()
    await stripe.subscriptions.pause(id)
    await travelTo(half)
    const resumed = await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: 'unchanged' } })
    expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: start })
    expect((await pending(customer)).map(([amount]) => amount)).toEqual([-10_000, 5000])
  })

  test('is changed without a charge', async () => {
    const { stripe, id, item, customer, pending } = await inMay()
    await stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } })
    await stripe.subscriptionItems.update(item, { quantity: 4 })
    expect(await pending(customer)).toEqual([])
  })

  test('stays paused until it is paid, if that is asked for, and the invoice is void after 23 hours', async () => {
    const { stripe, id, customer, useCard, travelTo } = await inMay()
    await stripe.subscriptions.pause(id, { bill_for: { unused_time_from: { type: 'none' } } })
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 6, 1))
    const waiting = await stripe.subscriptions.resume(id, { payment_behavior: 'resume_on_payment_success' })
    expect(waiting.status).toBe('paused')
    await travelTo(utc(2026, 6, 2))
    expect(await stripe.invoices.retrieve(idOf(waiting.latest_invoice))).toMatchObject({ status: 'void' })
    const late = await stripe.subscriptions.resume(id)
    expect(late.status).toBe('past_due')
  })
})

test('lists are narrowed by status, price, period, collection and clock', async () => {
  const { stripe, id, plan, customer, price } = await inMay()
  const other = await price(100, { recurring: { interval: 'year' } })
  const sent = await stripe.subscriptions.create({
    customer,
    items: [{ price: other }],
    collection_method: 'send_invoice',
    days_until_due: 30,
  })
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start })
  const clocked = await stripe.customers.create({ test_clock: clock.id })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: clocked.id })
  const timed = await stripe.subscriptions.create({
    customer: clocked.id,
    items: [{ price: plan }],
    default_payment_method: method.id,
  })
  expect(timed.test_clock).toBe(clock.id)
  const ids = async (params: Stripe.SubscriptionListParams) =>
    (await stripe.subscriptions.list(params)).data.map((subscription) => subscription.id)
  expect(await ids({})).toEqual([sent.id, id])
  expect(await ids({ test_clock: clock.id })).toEqual([timed.id])
  expect(await ids({ customer: clocked.id })).toEqual([timed.id])
  expect(await ids({ price: plan })).toEqual([id])
  expect(await ids({ collection_method: 'send_invoice' })).toEqual([sent.id])
  expect(await ids({ current_period_end: { gt: utc(2026, 5, 1) } })).toEqual([sent.id])
  expect(await ids({ current_period_start: { lt: start } })).toEqual([])
  expect(await ids({ status: 'trialing' })).toEqual([])
})

describe('discounts of a subscription', () => {
  test('are set, replaced and cleared, and their end is told', async () => {
    const { stripe, id, types } = await inMay()
    const [a, b] = [
      await stripe.coupons.create({ percent_off: 10, duration: 'forever' }),
      await stripe.coupons.create({ percent_off: 20, duration: 'forever' }),
    ]
    const first = await stripe.subscriptions.update(id, { discounts: [{ coupon: a.id }] })
    const kept = idOf(first.discounts[0])
    const both = await stripe.subscriptions.update(id, { discounts: [{ discount: kept }, { coupon: b.id }] })
    expect(both.discounts).toHaveLength(2)
    expect(both.discounts[0]).toBe(kept)
    expect(await stripe.subscriptions.deleteDiscount(id)).toMatchObject({ id: kept, object: 'discount', deleted: true })
    expect(await stripe.subscriptions.update(id, { discounts: '' })).toMatchObject({ discounts: [] })
    expect((await types()).filter((type) => type.startsWith('customer.discount.'))).toEqual([
      'customer.discount.created',
      'customer.discount.created',
      'customer.discount.deleted',
      'customer.discount.deleted',
    ])
    expect(await errorOf(stripe.subscriptions.deleteDiscount(id))).toMatchObject({ statusCode: 404 })
  })

  test('that are refused leave everything as it was, those before them too', async () => {
    const { stripe, id, item, types } = await inMay()
    const good = await stripe.coupons.create({ percent_off: 10, duration: 'forever' })
    const before = [await stripe.subscriptions.retrieve(id), await types()]
    const refused = await errorOf(
      stripe.subscriptions.update(id, {
        items: [{ id: item, quantity: 3, discounts: [{ coupon: good.id }] }],
        discounts: [{ coupon: 'none' }],
        description: 'changed',
      }),
    )
    expect(refused).toMatchObject({ statusCode: 400, code: 'resource_missing' })
    expect([await stripe.subscriptions.retrieve(id), await types()]).toEqual(before)
    expect(await stripe.coupons.retrieve(good.id)).toMatchObject({ times_redeemed: 0 })
  })

  test('alone prorate nothing', async () => {
    const { stripe, id, customer, travelTo, pending } = await inMay()
    const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever' })
    await travelTo(half)
    await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
    expect(await pending(customer)).toEqual([])
    await travelTo(utc(2026, 5, 1, 2))
    const [renewal] = (await stripe.invoices.list({ customer })).data
    expect(renewal?.total).toBe(9000)
  })
})

test('what is not covered is refused by name', async () => {
  const { stripe, customer, plan } = await inMay()
  const params = { customer, items: [{ price: plan }] }
  expect(await errorOf(stripe.subscriptions.create({ ...params, billing_mode: { type: 'classic' } }))).toMatchObject({
    param: 'billing_mode[type]',
  })
  expect(
    await errorOf(stripe.subscriptions.create({ ...params, transfer_data: { destination: 'acct_1' } })),
  ).toMatchObject({
    code: 'parameter_unknown',
    param: 'transfer_data',
  })
})
