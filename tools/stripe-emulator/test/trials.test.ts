import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { errorOf } from './harness.ts'
import { day, idOf, itemOf, openShop, utc } from './subscriptions-harness.ts'

const start = utc(2026, 0, 15)

interface Trial extends Partial<Stripe.SubscriptionCreateParams> {
  card?: string | null
}

async function inTrial({ card = 'pm_card_visa', ...params }: Trial = {}) {
  const shop = await openShop(start)
  const customer = await shop.customer(card)
  const price = await shop.price(1200)
  const subscription = await shop.stripe.subscriptions.create({
    customer,
    items: [{ price }],
    trial_period_days: 14,
    ...params,
  })
  const end = start + 14 * day
  return { ...shop, customer, plan: price, subscription, id: subscription.id, item: itemOf(subscription).id, end }
}

// https://docs.stripe.com/billing/subscriptions/trials/free-trials: "An immediate invoice is still created, but for 0 USD."
test('a trial begins with an invoice of nothing and needs no card', async () => {
  const { stripe, subscription, end, linesOf } = await inTrial({ card: null })
  expect(subscription).toMatchObject({
    status: 'trialing',
    trial_start: start,
    trial_end: end,
    billing_cycle_anchor: end,
  })
  expect(itemOf(subscription)).toMatchObject({ current_period_start: start, current_period_end: end })
  expect(await linesOf(subscription.latest_invoice)).toEqual([[0, 'Trial period for Pro']])
  expect(await stripe.invoices.retrieve(idOf(subscription.latest_invoice))).toMatchObject({ total: 0, status: 'paid' })
  const setup = await stripe.setupIntents.retrieve(idOf(subscription.pending_setup_intent))
  expect(setup).toMatchObject({ status: 'requires_payment_method', usage: 'off_session' })
})

test('the card that is given meanwhile is kept for it, if that is asked for', async () => {
  const { stripe, subscription, id } = await inTrial({
    card: null,
    payment_settings: { save_default_payment_method: 'on_subscription' },
  })
  await stripe.setupIntents.confirm(idOf(subscription.pending_setup_intent), { payment_method: 'pm_card_visa' })
  const kept = await stripe.subscriptions.retrieve(id, { expand: ['default_payment_method'] })
  expect(kept).toMatchObject({ pending_setup_intent: null, default_payment_method: { card: { last4: '4242' } } })
})

test('whoever has a card is not asked for one', async () => {
  expect((await inTrial()).subscription.pending_setup_intent).toBeNull()
})

// https://docs.stripe.com/billing/subscriptions/trials/free-trials: about an hour later the invoice is charged.
test('its end is told three days before, then the first period begins and is paid an hour later', async () => {
  const { stripe, id, end, travelTo, types, linesOf } = await inTrial()
  await travelTo(end - 3 * day - 1)
  expect(await types()).not.toContain('customer.subscription.trial_will_end')
  await travelTo(end - 3 * day)
  expect(await types()).toContain('customer.subscription.trial_will_end')
  await travelTo(end)
  const begun = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
  expect(begun).toMatchObject({
    status: 'active',
    latest_invoice: { status: 'draft', billing_reason: 'subscription_cycle' },
  })
  expect(itemOf(begun)).toMatchObject({ current_period_start: end, current_period_end: utc(2026, 1, 28) })
  await travelTo(end + 3600)
  const paid = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
  expect(paid).toMatchObject({ latest_invoice: { status: 'paid', total: 1200 } })
  expect(await linesOf(begun.latest_invoice)).toEqual([[1200, '1 × Pro (at $12.00 / month)']])
  expect((await types()).filter((type) => type === 'customer.subscription.trial_will_end')).toHaveLength(1)
})

test('a trial shorter than three days tells of its end at once', async () => {
  const shop = await openShop(start)
  const [customer, price] = [await shop.customer(), await shop.price(1200)]
  await shop.stripe.subscriptions.create({ customer, items: [{ price }], trial_end: start + day })
  await shop.travelTo(start + day - 1)
  expect((await shop.types()).filter((type) => type === 'customer.subscription.trial_will_end')).toHaveLength(1)
})

// https://docs.stripe.com/billing/subscriptions/trials/free-trials#create-free-trials-without-payment
describe('a trial that ends without a card', () => {
  function ending(missing: 'cancel' | 'create_invoice' | 'pause'): Trial {
    return { card: null, trial_settings: { end_behavior: { missing_payment_method: missing } } }
  }

  test('is cancelled', async () => {
    const { stripe, id, end, customer, travelTo } = await inTrial(ending('cancel'))
    await travelTo(end)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled', ended_at: end })
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
  })

  test('is invoiced, and past due when nothing can be charged', async () => {
    const { stripe, id, end, travelTo } = await inTrial(ending('create_invoice'))
    await travelTo(end)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
    await travelTo(end + 3600)
    const late = await stripe.subscriptions.retrieve(id, { expand: ['latest_invoice'] })
    expect(late).toMatchObject({ status: 'past_due', latest_invoice: { status: 'open', total: 1200 } })
  })

  test('is paused, bills nothing, and goes on with a card when it is resumed', async () => {
    const { stripe, id, end, customer, travelTo, useCard, types } = await inTrial(ending('pause'))
    await travelTo(end + 40 * day)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
      status: 'paused',
      status_details: {
        paused: {
          subscription: { type: 'trial_end_without_payment_method' },
          transitioned_at: end,
          type: 'subscription',
        },
      },
    })
    expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
    await useCard(customer, 'pm_card_visa')
    const resumed = await stripe.subscriptions.resume(id, { expand: ['latest_invoice'] })
    expect(resumed).toMatchObject({
      status: 'active',
      billing_cycle_anchor: end + 40 * day,
      latest_invoice: { status: 'paid', total: 1200 },
    })
    expect(resumed.status_details).toBeUndefined()
    const paused = (await types()).filter((type) => /subscription\.(paused|resumed)/.test(type))
    expect(paused).toEqual(['customer.subscription.paused', 'customer.subscription.resumed'])
  })

  test('with a card nothing of that happens', async () => {
    const { stripe, id, end, travelTo } = await inTrial({ ...ending('cancel'), card: 'pm_card_visa' })
    await travelTo(end)
    expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'active' })
  })
})

// https://docs.stripe.com/billing/subscriptions/trials/free-trials#combine-trial-anchor: from the 15th free until the
// 22nd, then prorated until the 1st, then whole months.
test('a trial with an anchor: free, then prorated, then whole', async () => {
  const shop = await openShop(utc(2026, 5, 15))
  const [customer, price] = [await shop.customer(), await shop.price(3000)]
  const { id } = await shop.stripe.subscriptions.create({
    customer,
    items: [{ price }],
    trial_end: utc(2026, 5, 22),
    billing_cycle_anchor: utc(2026, 6, 1),
  })
  await shop.travelTo(utc(2026, 6, 1, 2))
  const { data } = await shop.stripe.invoices.list({ customer })
  expect(data.map(({ total }) => total)).toEqual([3000, 900, 0])
  const { items, billing_cycle_anchor: anchor } = await shop.stripe.subscriptions.retrieve(id)
  expect(anchor).toBe(utc(2026, 6, 1))
  expect(items.data).toMatchObject([{ current_period_end: utc(2026, 7, 1) }])
})

// https://docs.stripe.com/billing/subscriptions/trials/free-trials: end a trial early with `now`.
test('trial_end=now charges at once and begins the period now', async () => {
  const { stripe, id, travelTo, types } = await inTrial()
  await travelTo(start + 5 * day)
  const active = await stripe.subscriptions.update(id, { trial_end: 'now', expand: ['latest_invoice'] })
  expect(active).toMatchObject({
    status: 'active',
    trial_end: start + 5 * day,
    billing_cycle_anchor: start + 5 * day,
    latest_invoice: { status: 'paid', total: 1200 },
  })
  expect(await types()).toContain('customer.subscription.trial_will_end')
})

test('a trial is made longer without a charge', async () => {
  const { stripe, id, end, customer, travelTo } = await inTrial()
  const longer = await stripe.subscriptions.update(id, { trial_end: end + 7 * day })
  expect(longer).toMatchObject({ status: 'trialing', trial_start: start, billing_cycle_anchor: end + 7 * day })
  await travelTo(end + 7 * day - 1)
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1)
})

test('changes in a trial are free, and hold when it ends', async () => {
  const { stripe, id, item, end, customer, travelTo, pending } = await inTrial()
  await stripe.subscriptions.update(id, { items: [{ id: item, quantity: 4 }], proration_behavior: 'always_invoice' })
  expect(await pending(customer)).toEqual([])
  await travelTo(end + 3600)
  expect((await stripe.invoices.list({ customer })).data.map(({ total }) => total)).toEqual([4800, 0])
})

// https://docs.stripe.com/billing/subscriptions/prorations: "Adding a trial period to an active subscription".
test('an active subscription that gets a trial is credited for what it paid', async () => {
  const shop = await openShop(utc(2026, 4, 1))
  const [customer, price] = [await shop.customer(), await shop.price(10_000)]
  const { id } = await shop.stripe.subscriptions.create({ customer, items: [{ price }] })
  await shop.travelTo(utc(2026, 4, 16, 12))
  const trialing = await shop.stripe.subscriptions.update(id, { trial_end: utc(2026, 5, 10) })
  expect(trialing).toMatchObject({ status: 'trialing', trial_start: utc(2026, 4, 16, 12) })
  expect(await shop.pending(customer)).toEqual([[-5000, 'Unused time on Pro after 16 May 2026']])
  await shop.travelTo(utc(2026, 5, 10, 1))
  const [first] = (await shop.stripe.invoices.list({ customer })).data
  expect(first).toMatchObject({ total: 5000, status: 'paid' })
})

test('usage in a trial is free', async () => {
  const shop = await openShop(start)
  const customer = await shop.customer()
  const meter = await shop.stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const price = await shop.price(10, { recurring: { interval: 'month', usage_type: 'metered', meter: meter.id } })
  await shop.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 7 })
  await shop.stripe.billing.meterEvents.create({
    event_name: 'calls',
    payload: { stripe_customer_id: customer, value: '100' },
  })
  await shop.travelTo(start + 8 * day)
  expect((await shop.stripe.invoices.list({ customer })).data.every(({ total }) => total === 0)).toBe(true)
})

test('a trial that cannot be is refused', async () => {
  const { stripe, customer, plan } = await inTrial()
  const items = [{ price: plan }]
  expect(await errorOf(stripe.subscriptions.create({ customer, items, trial_end: start - 1 }))).toMatchObject({
    param: 'trial_end',
  })
  expect(
    await errorOf(stripe.subscriptions.create({ customer, items, trial_end: start + day, trial_period_days: 3 })),
  ).toMatchObject({ statusCode: 400 })
  expect(await errorOf(stripe.subscriptions.create({ customer, items, trial_period_days: 731 }))).toMatchObject({
    param: 'trial_period_days',
  })
})
