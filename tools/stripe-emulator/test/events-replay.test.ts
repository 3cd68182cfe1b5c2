import { isDeepStrictEqual } from 'node:util'
import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { createRandom, seeds, type Random } from './random.ts'
import { day, hour, itemOf, openShop, utc } from './subscriptions-harness.ts'

type Shop = Awaited<ReturnType<typeof openShop>>
type Seen = Record<string, unknown>

/** What follows a subscription by its events alone must never be told of a change that it was not told of before. */
describe('the events of a subscription are its whole story', () => {
  test.each(seeds(6))('whatever happens to it (seed %i)', async (seed) => {
    const random = createRandom(seed)
    const shop = await openShop(utc(2026, 0, 1, 12))
    const prices = [await shop.price(1000), await shop.price(3000), await shop.price(777), await meteredPrice(shop)]
    for (let life = 0; life < 3; life += 1) await live(shop, prices, random)
    expect(await gaps(shop)).toEqual([])
  })

  test('a coupon for one invoice is told of as used up after the beginning', async () => {
    const shop = await openShop()
    const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: 'once' })
    const [customer, price] = [await shop.customer(), await shop.price(1000)]
    await shop.stripe.subscriptions.create({ customer, items: [{ price }], discounts: [{ coupon: coupon.id }] })
    const told = (await shop.types()).filter((type) => /customer\.(subscription|discount)/.test(type))
    expect(told).toEqual([
      'customer.discount.created',
      'customer.subscription.created',
      'customer.discount.deleted',
      'customer.subscription.updated',
    ])
    expect(await gaps(shop)).toEqual([])
  })

  test('a renewal that uses up a coupon is one update', async () => {
    const shop = await openShop(utc(2026, 0, 1))
    const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: 'once' })
    const [customer, price] = [await shop.customer(), await shop.price(1000)]
    const { id } = await shop.stripe.subscriptions.create({ customer, items: [{ price }] })
    await shop.stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
    const before = (await shop.types()).length
    await shop.travelTo(utc(2026, 1, 1))
    const { data } = await shop.stripe.events.list({ limit: 100 })
    const since = data.toReversed().slice(before)
    const updates = since.filter(({ type }) => type === 'customer.subscription.updated')
    expect(updates.map(({ data: { previous_attributes: was } }) => Object.keys(was ?? {}).sort())).toEqual([
      ['discounts', 'items', 'latest_invoice'],
    ])
    expect(since.map(({ type }) => type).filter((type) => type === 'customer.discount.deleted')).toHaveLength(1)
  })

  test('a trial that is ended now is told of when it has ended', async () => {
    const shop = await openShop(utc(2026, 0, 1))
    const [customer, price] = [await shop.customer(), await shop.price(1000)]
    const created = await shop.stripe.subscriptions.create({ customer, items: [{ price }], trial_period_days: 20 })
    await shop.stripe.subscriptions.update(created.id, { trial_end: 'now', cancel_at_period_end: true })
    expect(await gaps(shop)).toEqual([])
  })
})

async function meteredPrice({ stripe, price }: Shop): Promise<string> {
  const { id: meter } = await stripe.billing.meters.create({
    default_aggregation: { formula: 'sum' },
    display_name: 'Calls',
    event_name: 'calls',
  })
  return await price(10, { recurring: { interval: 'month', usage_type: 'metered', meter } })
}

async function live(shop: Shop, prices: string[], random: Random): Promise<void> {
  const { stripe } = shop
  const [metered = ''] = prices.slice(-1)
  const licensed = prices.slice(0, -1)
  const customer = await shop.customer()
  const coupon = async () =>
    (await stripe.coupons.create({ percent_off: 50, duration: random.pick(['once', 'forever']) })).id
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price: random.pick(licensed) }, ...(random.chance(0.5) ? [{ price: metered }] : [])],
    ...(random.chance(0.4) && { trial_period_days: 10 }),
    ...(random.chance(0.5) && { discounts: [{ coupon: await coupon() }] }),
  })
  const how = () => ({
    proration_behavior: random.pick(['always_invoice', 'create_prorations', 'none'] as const),
    ...(random.chance(0.3) && { payment_behavior: 'default_incomplete' as const }),
  })
  for (let step = 0; step < 15; step += 1) {
    await shop.travelTo(shop.now() + random.below(20 * day) + 1)
    const subscription = await stripe.subscriptions.retrieve(id)
    const item = subscription.items.data.find(({ price }) => price.id !== metered) ?? itemOf(subscription)
    const acts: (() => Promise<unknown>)[] = [
      () => stripe.subscriptions.update(id, { items: [{ id: item.id, quantity: random.below(5) }], ...how() }),
      () => stripe.subscriptions.update(id, { items: [{ id: item.id, price: random.pick(licensed) }], ...how() }),
      async () => stripe.subscriptions.update(id, { discounts: [{ coupon: await coupon() }], ...how() }),
      async () =>
        stripe.subscriptions.update(id, {
          discounts: [{ coupon: await coupon() }],
          items: [{ id: item.id, quantity: 1 + random.below(5) }],
          ...how(),
        }),
      () => stripe.subscriptions.update(id, { billing_cycle_anchor: { type: 'now' }, ...how() }),
      () => stripe.subscriptions.update(id, { trial_end: random.chance(0.5) ? 'now' : shop.now() + 5 * day }),
      () => stripe.subscriptions.update(id, { cancel_at_period_end: !subscription.cancel_at_period_end }),
      () => stripe.subscriptions.update(id, { cancel_at: shop.now() + 40 * day }),
      () => stripe.subscriptions.pause(id, random.chance(0.5) ? { invoicing_behavior: 'invoice' } : {}),
      () =>
        stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: random.pick(['now', 'unchanged'] as const) } }),
      () => shop.useCard(customer, random.pick(['pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail'])),
      () => stripe.subscriptions.deleteDiscount(id),
    ]
    await ifAllowed(random.pick(acts))
  }
  await ifAllowed(() =>
    stripe.subscriptions.cancel(id, { invoice_now: random.chance(0.5), prorate: random.chance(0.5) }),
  )
  await shop.travelTo(shop.now() + 2 * hour)
}

/** Not every act is possible in every state; a stand-in that fails is never. */
async function ifAllowed(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (((error as Stripe.errors.StripeError).statusCode ?? 500) >= 500) throw error
  }
}

/** Where an event says of a subscription what the events before it do not lead to. */
async function gaps({ stripe }: Shop): Promise<string[]> {
  const all = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })
  const known = new Map<string, Seen>()
  return all.toReversed().flatMap(({ type, data }) => {
    const object = data.object as unknown as Seen & { id: string }
    if (object.object !== 'subscription') return []
    const before = known.get(object.id)
    known.set(object.id, object)
    if (type === 'customer.subscription.created') return before ? [`${type} after other events`] : []
    if (!before) return [`${type} before customer.subscription.created`]
    // An end speaks for itself.
    if (type === 'customer.subscription.deleted') return []
    const previous = (data.previous_attributes ?? {}) as Seen
    // What was not there has no value to tell.
    return Object.keys(before).flatMap((name) => {
      const was = name in previous ? previous[name] : object[name]
      return isDeepStrictEqual(was, before[name]) ? [] : [`${type}: ${name}`]
    })
  })
}
