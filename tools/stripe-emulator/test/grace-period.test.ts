import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { errorOf } from './harness.ts'
import { day, hour, idOf, openShop } from './subscriptions-harness.ts'

// https://docs.stripe.com/billing/subscriptions/usage-based/configure-grace-period: "During the finalization grace period,
// you can continue to report usage for the previous billing period."

async function openMeteredShop() {
  const shop = await openShop()
  const { stripe } = shop
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const customer = await shop.customer()
  const recurring = { interval: 'month', usage_type: 'metered', meter: meter.id } as const
  return {
    ...shop,
    customer,
    recurring,
    metered: await shop.price(10, { recurring }),
    report: (value: number, timestamp: number) =>
      stripe.billing.meterEvents.create({
        event_name: 'calls',
        payload: { stripe_customer_id: customer, value: String(value) },
        timestamp,
      }),
  }
}

function endOf({ items }: Stripe.Subscription): number {
  return items.data[0]?.current_period_end ?? 0
}

function amountsOf({ lines }: Stripe.Invoice): [number, number | null][] {
  return lines.data.map(({ amount, quantity }) => [amount, quantity])
}

test('usage of a period that is reported while its invoice is a draft is on it', async () => {
  const { stripe, travelTo, price, customer, metered, report, now } = await openMeteredShop()
  const plan = await price(1000)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: plan }, { price: metered }] })
  const end = endOf(subscription)
  await report(100, now())
  await travelTo(end + 600)
  await report(50, end - 10)
  const [draft] = (await stripe.invoices.list({ customer })).data
  expect(draft?.status).toBe('draft')
  expect(draft && amountsOf(draft)).toEqual([
    [1000, 1],
    [1000, 100],
  ])
  await travelTo(end + 2 * hour)
  const paid = await stripe.invoices.retrieve(draft?.id ?? '')
  expect(paid).toMatchObject({ status: 'paid', subtotal: 2500, total: 2500, amount_paid: 2500 })
  expect(amountsOf(paid)).toEqual([
    [1000, 1],
    [1500, 150],
  ])
  expect(paid.lines.data.map(({ id }) => id)).toEqual(draft?.lines.data.map(({ id }) => id))
})

test('late usage reaches tiers that the draft did not, also of an item that has gone since', async () => {
  const { stripe, travelTo, price, customer, recurring, report, now } = await openMeteredShop()
  const { id: tiered } = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Calls' },
    recurring,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 100, unit_amount: 10 },
      { up_to: 'inf', unit_amount: 5 },
    ],
  })
  const plan = await price(1000)
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: tiered }, { price: plan }] })
  const end = endOf(subscription)
  await report(80, now())
  await travelTo(end + 600)
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: subscription.items.data[0]?.id ?? '', deleted: true }],
  })
  await report(60, end - 10)
  const [draft] = (await stripe.invoices.list({ customer, status: 'draft' })).data
  await travelTo(end + 2 * hour)
  expect(amountsOf(await stripe.invoices.retrieve(draft?.id ?? ''))).toEqual([
    [1000, 100],
    [200, 40],
    [1000, 1],
  ])
})

test('a coupon for one invoice that found something to reduce in the last hour only is used up by it', async () => {
  const { stripe, travelTo, customer, metered, report } = await openMeteredShop()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' })
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: metered }] })
  await stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: coupon.id }] })
  const end = endOf(subscription)
  await travelTo(end + 600)
  await report(100, end - 10)
  await travelTo(end + 2 * hour)
  const renewed = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
  expect(renewed).toMatchObject({ discounts: [], latest_invoice: { status: 'paid', subtotal: 1000, total: 500 } })
})

test('what is credited later is what was debited, where late usage took a part of an amount off', async () => {
  const { stripe, travelTo, price, customer, metered, report, pending } = await openMeteredShop()
  const coupon = await stripe.coupons.create({ amount_off: 1000, currency: 'usd', duration: 'forever' })
  const plan = await price(2000)
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: plan }, { price: metered }],
    discounts: [{ coupon: coupon.id }],
  })
  const end = endOf(subscription)
  await travelTo(end + 600)
  await report(200, end - 10)
  const [draft] = (await stripe.invoices.list({ customer, status: 'draft' })).data
  await travelTo(end + 2 * hour)
  const paid = await stripe.invoices.retrieve(draft?.id ?? '')
  expect(paid.lines.data.map(({ discount_amounts: taken }) => taken?.[0]?.amount)).toEqual([500, 500])
  // All of the period is still to come when it is counted from its beginning.
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: subscription.items.data[0]?.id ?? '', deleted: true }],
    proration_date: end,
  })
  expect(await pending(customer)).toEqual([[-1500, expect.stringContaining('Unused time')]])
})

test('a subscription that ends with its period bills what is reported within the hour', async () => {
  const { stripe, travelTo, customer, metered, report } = await openMeteredShop()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: metered }] })
  const end = endOf(subscription)
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await travelTo(end + 300)
  const ended = await stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
  expect(ended).toMatchObject({ status: 'canceled', latest_invoice: { status: 'draft', auto_advance: true, total: 0 } })
  await report(70, end - 60)
  await travelTo(end + 2 * hour)
  expect(await stripe.invoices.retrieve(idOf(ended.latest_invoice))).toMatchObject({
    status: 'paid',
    amount_paid: 700,
  })
})

// https://docs.stripe.com/api/invoices/pay: without anything to charge it is refused, and stays the draft that it was.
test('a draft that was of nothing, and owes by now, is not paid without a payment method', async () => {
  const { stripe, travelTo, customer, metered, report } = await openMeteredShop()
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price: metered }] })
  const end = endOf(subscription)
  const [card] = (await stripe.customers.listPaymentMethods(customer)).data
  await stripe.paymentMethods.detach(card?.id ?? '')
  await travelTo(end + 60)
  await report(500, end - 10)
  const [draft] = (await stripe.invoices.list({ customer })).data
  expect(draft).toMatchObject({ status: 'draft', amount_due: 0 })
  const refused = await errorOf(stripe.invoices.pay(draft?.id ?? ''))
  expect(refused).toMatchObject({ statusCode: 400, code: 'resource_missing' })
  expect(await stripe.invoices.retrieve(draft?.id ?? '')).toMatchObject({ status: 'draft', amount_due: 0 })
})

test('what a pause has billed is not billed again when the subscription ends', async () => {
  const { stripe, travelTo, customer, metered, report, now } = await openMeteredShop()
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: metered }] })
  await travelTo(now() + 5 * day)
  await report(50, now() - 100)
  await stripe.subscriptions.update(id, { cancel_at: now() + 10 * day })
  await stripe.subscriptions.pause(id, { invoicing_behavior: 'invoice' })
  await report(30, now())
  await travelTo(now() + 12 * day)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' })
  const { data } = await stripe.invoices.list({ customer })
  expect(data.map(({ total }) => total)).toEqual([500])
})

test('a trial that is cancelled at its end bills none of its usage', async () => {
  const { stripe, travelTo, customer, metered, report, now } = await openMeteredShop()
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: metered }],
    trial_period_days: 14,
    cancel_at_period_end: true,
  })
  await report(70, now())
  await travelTo(endOf(subscription) + 2 * hour)
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: 'canceled' })
  expect((await stripe.invoices.list({ customer })).data.map(({ total }) => total)).not.toContain(700)
})
