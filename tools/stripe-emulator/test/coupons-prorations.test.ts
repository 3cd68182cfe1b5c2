import { expect, test } from 'vitest'
import { day, hour, itemOf, openShop, utc } from './subscriptions-harness.ts'

/** A monthly subscription of 10.00 a seat from 1 May 2026, whose half is the 16th at noon. */
async function inMay() {
  const shop = await openShop(utc(2026, 4, 1))
  const customer = await shop.customer()
  const price = await shop.price(1000)
  const subscription = await shop.stripe.subscriptions.create({ customer, items: [{ price }] })
  const item = itemOf(subscription).id

  function change(quantity: number, params: object = { proration_behavior: 'always_invoice' }) {
    return shop.stripe.subscriptions.update(subscription.id, { items: [{ id: item, quantity }], ...params })
  }

  /** The totals of all invoices after the first. */
  async function totals() {
    const { data } = await shop.stripe.invoices.list({ customer, limit: 100 })
    return data
      .toReversed()
      .map(({ total }) => total)
      .slice(1)
  }

  return { ...shop, customer, id: subscription.id, change, totals, half: utc(2026, 4, 16, 12) }
}

// https://docs.stripe.com/billing/subscriptions/coupons: `once` is for one invoice.
test('a coupon for one invoice makes one change free, and neither the next change nor the renewal', async () => {
  const { stripe, travelTo, id, change, totals, half } = await inMay()
  const coupon = await stripe.coupons.create({ percent_off: 100, duration: 'once' })
  await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
  await travelTo(half)
  const changed = await change(5)
  expect(changed.discounts).toEqual([])
  await change(50)
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  // The half of what was paid is given back; the five seats cost nothing, so nothing is given back for them.
  expect(await totals()).toEqual([-500, 25_000, 50_000])
})

test('an amount for one invoice is taken off once, be it off a proration', async () => {
  const { stripe, travelTo, change, totals } = await inMay()
  const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' })
  await change(2, { discounts: [{ coupon: coupon.id }], proration_behavior: 'always_invoice' })
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  expect(await totals()).toEqual([500, 2000])
})

test('what waits for the renewal and the renewal itself share the amount for one invoice', async () => {
  const { stripe, customer, travelTo, change, totals, half } = await inMay()
  const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' })
  await travelTo(half)
  await change(2, { discounts: [{ coupon: coupon.id }] })
  const { data: waiting } = await stripe.invoiceItems.list({ customer, pending: true })
  expect(
    waiting.map(({ amount, proration_details: details }) => [amount, details?.discount_amounts[0]?.amount]),
  ).toEqual([
    [750, 250],
    [-500, undefined],
  ])
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  expect(await totals()).toEqual([750 - 500 + 2000 - 250])
  await travelTo(utc(2026, 6, 1) + 2 * hour)
  expect(await totals()).toEqual([2000, 2000])
})

test('two changes that wait take no more than the amount for one invoice', async () => {
  const { stripe, customer, travelTo, change, half } = await inMay()
  const coupon = await stripe.coupons.create({ amount_off: 1000, currency: 'usd', duration: 'once' })
  await change(2, { discounts: [{ coupon: coupon.id }] })
  await travelTo(half)
  await change(3, {})
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  const { data: items } = await stripe.invoiceItems.list({ customer })
  const [renewal] = (await stripe.invoices.list({ customer, limit: 1 })).data
  const before = items.flatMap(({ proration_details: details }) => details?.discount_amounts ?? [])
  const taken = [...before, ...(renewal?.total_discount_amounts ?? [])]
  expect(taken.reduce((sum, { amount }) => sum + amount, 0)).toBe(1000)
})

test('a coupon that goes on stays after it made a proration smaller', async () => {
  const { stripe, travelTo, id, change, totals, half } = await inMay()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
  await travelTo(half)
  expect((await change(3)).discounts).toHaveLength(1)
  await travelTo(half + day)
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  expect(await totals()).toEqual([750 - 500, 1500])
})

test('a seat that is added and taken away again leaves the amount for one invoice', async () => {
  const { stripe, id, travelTo, change, totals } = await inMay()
  const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' })
  await stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
  await travelTo(utc(2026, 4, 2))
  for (let times = 0; times < 3; times += 1) {
    await change(2, {})
    await change(1, {})
    expect(await stripe.invoices.createPreview({ subscription: id })).toMatchObject({ total: 500 })
  }
  await travelTo(utc(2026, 5, 1) + 2 * hour)
  expect(await totals()).toEqual([500])
  expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([])
})

test('what an amount for one invoice made free gives it back when it goes', async () => {
  const { stripe, customer, travelTo, change, half } = await inMay()
  const coupon = await stripe.coupons.create({ amount_off: 2000, currency: 'usd', duration: 'once' })
  await change(2, { discounts: [{ coupon: coupon.id }] })
  await travelTo(half)
  await change(1, {})
  const { data } = await stripe.invoiceItems.list({ customer, pending: true })
  expect(data.map(({ amount, proration_details: details }) => [amount, details?.discount_amounts[0]?.amount])).toEqual([
    [0, 500],
    [0, -1000],
    [0, 2000],
    [-1000, undefined],
  ])
})
