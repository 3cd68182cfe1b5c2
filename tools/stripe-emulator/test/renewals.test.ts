import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { day, hour, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

const start = utc(2026, 0, 31)

interface Monthly extends Partial<Stripe.SubscriptionCreateParams> {
  card?: string | null
  amount?: number
}

async function monthly({ card = 'pm_card_visa', amount = 1200, ...params }: Monthly = {}) {
  const shop = await openShop(start)
  const customer = await shop.customer(card)
  const plan = await shop.price(amount)
  const subscription = await shop.stripe.subscriptions.create({ customer, items: [{ price: plan }], ...params })
  return { ...shop, customer, plan, subscription, id: subscription.id, item: itemOf(subscription).id }
}

// https://docs.stripe.com/billing/subscriptions/billing-cycle: January 31, then February 28, March 31, April 30.
test('months of an anchor on the 31st are billed on their last day', async () => {
  const { stripe, customer, travelTo } = await monthly()
  await travelTo(utc(2026, 4, 1))
  const { data } = await stripe.invoices.list({ customer })
  expect(data.map(({ created }) => created).toReversed()).toEqual([
    start,
    utc(2026, 1, 28),
    utc(2026, 2, 31),
    utc(2026, 3, 30),
  ])
  expect(data.every(({ status, total }) => status === 'paid' && total === 1200)).toBe(true)
})

// https://docs.stripe.com/billing/subscriptions/webhooks and /billing/invoices/subscription: a draft for about an hour.
test('a renewal is told beforehand, drafted at its moment, and paid an hour later', async () => {
  const { stripe, id, travelTo, types } = await monthly()
  const renewal = utc(2026, 1, 28)
  await travelTo(renewal - 7 * day)
  expect((await types()).at(-1)).toBe('invoice.upcoming')
  const before = (await types()).length
  await travelTo(renewal)
  const drafted = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
  expect(drafted).toMatchObject({
    status: 'active',
    latest_invoice: {
      status: 'draft',
      billing_reason: 'subscription_cycle',
      period_start: start,
      period_end: renewal,
      automatically_finalizes_at: renewal + hour,
    },
  })
  await travelTo(renewal + hour)
  expect((await types()).slice(before)).toEqual([
    'invoice.created',
    'customer.subscription.updated',
    'payment_intent.created',
    'invoice.finalized',
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice_payment.paid',
    'invoice.updated',
    'invoice.paid',
    'invoice.payment_succeeded',
  ])
})

test('however late it is noticed, each period is billed at its own moment', async () => {
  const { stripe, customer, travelTo } = await monthly()
  await travelTo(utc(2027, 1, 1))
  const { data } = await stripe.invoices.list({ customer, limit: 100 })
  expect(data).toHaveLength(13)
  expect(new Set(data.map(({ created }) => created)).size).toBe(13)
})

test('an item that waits is billed with the renewal', async () => {
  const { stripe, customer, id, travelTo, linesOf } = await monthly()
  await stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd', description: 'Setup' })
  await travelTo(utc(2026, 1, 28, 2))
  const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id)
  expect(await linesOf(latest)).toEqual([
    [700, 'Setup'],
    [1200, '1 × Pro (at $12.00 / month)'],
  ])
})

describe('a renewal that cannot be paid', () => {
  test('is tried again on the days of the settings, and then the subscription ends', async () => {
    const { stripe, customer, id, useCard, travelTo } = await monthly()
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 1, 28, 1))
    const late = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(late).toMatchObject({ status: 'past_due', latest_invoice: { status: 'open', attempt_count: 1 } })
    await travelTo(utc(2026, 2, 25))
    const ended = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(ended).toMatchObject({
      status: 'canceled',
      cancellation_details: { reason: 'payment_failed' },
      latest_invoice: { status: 'open', attempt_count: 4, auto_advance: false },
    })
  })

  test('is mended by another card', async () => {
    const { stripe, customer, id, useCard, travelTo } = await monthly()
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 1, 28, 1))
    await useCard(customer, 'pm_card_visa')
    await travelTo(utc(2026, 2, 3, 1))
    expect(await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })).toMatchObject({
      status: 'active',
      latest_invoice: { status: 'paid', attempt_count: 2 },
    })
  })

  // https://docs.stripe.com/billing/subscriptions/overview: "marking it uncollectible moves it to active".
  test.each(['markUncollectible', 'voidInvoice'] as const)('counts no more after %s', async (act) => {
    const { stripe, customer, id, useCard, travelTo } = await monthly()
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 1, 28, 1))
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id)
    await stripe.invoices[act](idOf(latest))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  })

  test('is paid late by hand: only the latest invoice makes it active again', async () => {
    const { stripe, customer, id, item, useCard, travelTo } = await monthly()
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 1, 28, 1))
    const { latest_invoice: first } = await stripe.subscriptions.retrieve(id)
    await stripe.subscriptions.update(id, { items: [{ id: item, quantity: 2 }], proration_behavior: 'always_invoice' })
    await useCard(customer, 'pm_card_visa')
    await stripe.invoices.pay(idOf(first))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
    const { latest_invoice: latest } = await stripe.subscriptions.retrieve(id)
    await stripe.invoices.pay(idOf(latest))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  })
})

describe('the end of a subscription', () => {
  test('at the end of its period it ends, without another invoice', async () => {
    const { stripe, customer, id, travelTo, types } = await monthly()
    const ending = await stripe.subscriptions.update(id, { cancel_at_period_end: true })
    expect(ending).toMatchObject({ cancel_at: utc(2026, 1, 28), cancel_at_period_end: true, status: 'active' })
    await travelTo(utc(2026, 1, 28))
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'canceled',
      ended_at: utc(2026, 1, 28),
      canceled_at: start,
    })
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
    expect((await types()).at(-1)).toBe('customer.subscription.deleted')
    expect(await types()).not.toContain('invoice.upcoming')
  })

  test('what waits is collected then', async () => {
    const { stripe, customer, plan, id, travelTo } = await monthly()
    const dear = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 2400,
      recurring: { interval: 'month' },
      product_data: { name: 'Max' },
    })
    await travelTo(utc(2026, 1, 14))
    const { items } = await stripe.subscriptions.retrieve(id)
    await stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? plan, price: dear.id }],
      cancel_at_period_end: true,
    })
    await travelTo(utc(2026, 1, 28))
    const [last] = (await stripe.invoices.list({ customer })).data
    expect(last).toMatchObject({ total: 600, status: 'paid' })
  })

  // https://docs.stripe.com/api/subscriptions/cancel
  test('at once with prorate and invoice_now it credits what is not used', async () => {
    const { stripe, customer, id, travelTo, linesOf } = await monthly({ amount: 2800 })
    await travelTo(utc(2026, 1, 14))
    const canceled = await stripe.subscriptions.cancel(id, { prorate: true, invoice_now: true })
    expect(await linesOf(canceled.latest_invoice)).toEqual([[-1400, 'Unused time on Pro after 14 Feb 2026']])
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -1400 })
  })

  test('at once and plainly it drops what waits, and stops collecting', async () => {
    const { stripe, customer, id, item, useCard, travelTo, pending } = await monthly()
    await useCard(customer, 'pm_card_chargeCustomerFail')
    await travelTo(utc(2026, 1, 28, 1))
    await stripe.subscriptions.update(id, { items: [{ id: item, quantity: 3 }] })
    const canceled = await stripe.subscriptions.cancel(id)
    expect(await pending(customer)).toEqual([])
    expect(await stripe.invoices.retrieve(idOf(canceled.latest_invoice))).toMatchObject({
      status: 'open',
      auto_advance: false,
    })
  })
})

// https://docs.stripe.com/billing/subscriptions/pause-payment
describe('while collection is paused', () => {
  test.each([
    ['keep_as_draft', 'draft'],
    ['void', 'void'],
    ['mark_uncollectible', 'uncollectible'],
  ] as const)('%s leaves a renewal as %s, and the subscription active', async (behavior, status) => {
    const { stripe, id, travelTo } = await monthly()
    await stripe.subscriptions.update(id, { pause_collection: { behavior } })
    await travelTo(utc(2026, 2, 2))
    const paused = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior }, latest_invoice: { status } })
  })

  test('it resumes by itself at its date', async () => {
    const { stripe, id, travelTo } = await monthly()
    const resumes = utc(2026, 2, 15)
    await stripe.subscriptions.update(id, { pause_collection: { behavior: 'void', resumes_at: resumes } })
    await travelTo(utc(2026, 3, 1))
    expect(await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })).toMatchObject({
      pause_collection: null,
      latest_invoice: { status: 'paid', created: utc(2026, 2, 31) },
    })
  })
})

describe('an invoice that is sent', () => {
  test('begins active, is finalised after an hour, and is past due after its date', async () => {
    const { stripe, id, subscription, travelTo } = await monthly({
      card: null,
      collection_method: 'send_invoice',
      days_until_due: 10,
    })
    expect(subscription.status).toBe('active')
    await travelTo(start + hour)
    const sent = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(sent).toMatchObject({ status: 'active', latest_invoice: { status: 'open', due_date: start + 10 * day } })
    await travelTo(start + 10 * day + hour)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'past_due' })
    await stripe.invoices.pay(idOf(sent.latest_invoice), { paid_out_of_band: true })
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  })
})

describe('discounts', () => {
  test('once takes off the first invoice only', async () => {
    const { stripe, customer, plan, travelTo } = await monthly()
    const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' })
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      discounts: [{ coupon: coupon.id }],
    })
    await travelTo(utc(2026, 1, 28, 1))
    const { data } = await stripe.invoices.list({ subscription: id })
    expect(data.map(({ total }) => total)).toEqual([1200, 700])
    expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([])
  })

  test('repeating takes off so many months, and its end is told', async () => {
    const { stripe, customer, plan, travelTo, types } = await monthly()
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'repeating', duration_in_months: 2 })
    const { id } = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan }],
      discounts: [{ coupon: coupon.id }],
    })
    await travelTo(utc(2026, 3, 30, 2))
    const { data } = await stripe.invoices.list({ subscription: id })
    expect(data.map(({ total }) => total)).toEqual([1200, 1200, 600, 600])
    expect(await types()).toContain('customer.discount.deleted')
    expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([])
  })

  test('of one item takes nothing off the other', async () => {
    const { stripe, customer, plan, price, linesOf } = await monthly()
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
    const other = await price(1000)
    const both = await stripe.subscriptions.create({
      customer,
      items: [{ price: plan, discounts: [{ coupon: coupon.id }] }, { price: other }],
    })
    expect((await linesOf(both.latest_invoice)).map(([amount]) => amount)).toEqual([1200, 1000])
    expect(await stripe.invoices.retrieve(idOf(both.latest_invoice))).toMatchObject({ total: 1600 })
  })
})

test('metadata of the subscription stands on its invoice and on its lines', async () => {
  const { stripe, subscription } = await monthly({ metadata: { organisation: 'o1' } })
  const invoice = await stripe.invoices.retrieve(idOf(subscription.latest_invoice))
  expect(invoice.parent?.subscription_details?.metadata).toEqual({ organisation: 'o1' })
  expect(invoice.lines.data[0]?.metadata).toEqual({ organisation: 'o1' })
})
