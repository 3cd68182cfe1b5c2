import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { monthly, payer, idOf } from './conformance/scenes.ts'
import { startEmulator } from './harness.ts'

type Terms = Partial<Stripe.PriceCreateParams>

const fonts = [
  { up_to: 5, unit_amount: 700 },
  { up_to: 10, unit_amount: 650 },
  { up_to: 'inf' as const, unit_amount: 600 },
]

/** What the first invoice of a subscription to so many of these says. */
async function billed(terms: Terms, quantity: number, discounts: Stripe.SubscriptionCreateParams.Discount[] = []) {
  const { stripe } = await startEmulator()
  const price = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Fonts' },
    recurring: { interval: 'month' },
    ...terms,
  })
  return await firstInvoice(stripe, { items: [{ price: price.id, quantity }], discounts })
}

async function firstInvoice(stripe: Stripe, params: Omit<Stripe.SubscriptionCreateParams, 'customer'>) {
  const { id } = await payer(stripe)
  const subscription = await stripe.subscriptions.create({ ...params, customer: id })
  return await stripe.invoices.retrieve(idOf(subscription.latest_invoice))
}

describe('the worked examples on invoices', () => {
  // https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing#volume-based-pricing
  test.each([
    [1, 700],
    [5, 3500],
    [6, 3900],
    [20, 12_000],
    [25, 15_000],
  ])('volume: %d fonts are billed at %d cents', async (quantity, cents) => {
    const { total, status } = await billed({ billing_scheme: 'tiered', tiers_mode: 'volume', tiers: fonts }, quantity)
    expect([total, status]).toEqual([cents, 'paid'])
  })

  // https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing#graduated-pricing
  test.each([
    [1, 700],
    [5, 3500],
    [6, 4150],
    [20, 12_750],
    [25, 15_750],
  ])('graduated: %d fonts are billed at %d cents', async (quantity, cents) => {
    const { total, lines } = await billed({ billing_scheme: 'tiered', tiers_mode: 'graduated', tiers: fonts }, quantity)
    expect(total).toBe(cents)
    expect(lines.data.reduce((sum, line) => sum + (line.quantity ?? 0), 0)).toBe(quantity)
    expect(lines.data.reduce((sum, line) => sum + line.amount, 0)).toBe(cents)
  })

  // https://docs.stripe.com/billing/subscriptions/quantities
  test.each([
    [5, 1000],
    [6, 2000],
  ])('packages: %d users are billed at %d cents', async (quantity, cents) => {
    const { total } = await billed({ unit_amount: 1000, transform_quantity: { divide_by: 5, round: 'up' } }, quantity)
    expect(total).toBe(cents)
  })

  // https://docs.stripe.com/billing/subscriptions/decimal-amounts
  test('decimals: 30 times 0.05 cents are billed at 2 cents', async () => {
    const { lines } = await billed({ unit_amount_decimal: Stripe.Decimal.from('0.05') }, 30)
    expect(lines.data.map(({ amount, pricing }) => [amount, String(pricing?.unit_amount_decimal)])).toEqual([
      [2, '0.05'],
    ])
  })

  // The words of a real invoice, in components/usage of github.com/gitpod-io/gitpod.
  test('each tier is billed by its units, in the product’s word for them, and by its flat amount', async () => {
    const tiers = [
      { up_to: 1000, unit_amount: 0, flat_amount: 900 },
      { up_to: 'inf' as const, unit_amount_decimal: Stripe.Decimal.from('3.6'), flat_amount: 0 },
    ]
    const { lines, total } = await billed(
      {
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers,
        product_data: { name: 'Gitpod Usage', unit_label: 'credit' },
      },
      1031,
    )
    expect(lines.data.map(({ description, amount, quantity }) => [description, amount, quantity])).toEqual([
      ['1000 credit × Gitpod Usage (Tier 1 at $0.00 / month)', 0, 1000],
      ['Gitpod Usage (Tier 1 at $9.00 / month)', 900, 0],
      ['31 credit × Gitpod Usage (Tier 2 at $0.036 / month)', 112, 31],
      ['Gitpod Usage (Tier 2 at $0.00 / month)', 0, 0],
    ])
    expect(total).toBe(1012)
  })

  test('a yen is billed as it is', async () => {
    const { total, currency } = await billed({ currency: 'jpy', unit_amount: 500 }, 3)
    expect([total, currency]).toEqual([1500, 'jpy'])
  })
})

// https://docs.stripe.com/billing/subscriptions/coupons#stacking
test.each([
  [['percent', 'amount'], 7500],
  [['amount', 'percent'], 7600],
])('stacked as %j, 20 percent and 5 dollars leave %d cents of 100 dollars', async (order, cents) => {
  const { stripe } = await startEmulator()
  const price = await monthly(stripe, 10_000)
  await stripe.coupons.create({ id: 'percent', percent_off: 20 })
  await stripe.coupons.create({ id: 'amount', amount_off: 500, currency: 'usd' })
  const invoice = await firstInvoice(stripe, {
    items: [{ price: price.id }],
    discounts: order.map((coupon) => ({ coupon })),
  })
  expect(invoice).toMatchObject({ subtotal: 10_000, total: cents, amount_paid: cents })
  expect(invoice.total_discount_amounts?.reduce((sum, { amount }) => sum + amount, 0)).toBe(10_000 - cents)
})

test('an amount off is spread over the lines of an invoice, and a coupon for one product finds only its line', async () => {
  const { stripe } = await startEmulator()
  const [big, small] = [await monthly(stripe, 3000), await monthly(stripe, 1000)]
  await stripe.coupons.create({ id: 'ten', amount_off: 1000, currency: 'usd' })
  await stripe.coupons.create({ id: 'half', percent_off: 50, applies_to: { products: [String(small.product)] } })
  const items = [{ price: big.id }, { price: small.id }]
  const off = (invoice: Stripe.Invoice) =>
    invoice.lines.data.map((line) => line.discount_amounts?.reduce((sum, { amount }) => sum + amount, 0) ?? 0)
  expect(off(await firstInvoice(stripe, { items, discounts: [{ coupon: 'ten' }] }))).toEqual([750, 250])
  expect(off(await firstInvoice(stripe, { items, discounts: [{ coupon: 'half' }] }))).toEqual([0, 500])
})

// https://docs.stripe.com/billing/subscriptions/coupons#coupon-duration
test('a discount of one invoice is gone from the subscription once that is final, and stays on the invoice', async () => {
  const { stripe } = await startEmulator()
  const price = await monthly(stripe, 1000)
  await stripe.coupons.create({ id: 'once', percent_off: 10, duration: 'once' })
  const customer = await payer(stripe)
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    discounts: [{ coupon: 'once' }],
    expand: ['latest_invoice'],
  })
  const invoice = subscription.latest_invoice as Stripe.Invoice
  expect(invoice).toMatchObject({ status: 'paid', total: 900 })
  expect(invoice.discounts).toHaveLength(1)
  expect((await stripe.subscriptions.retrieve(subscription.id)).discounts).toEqual([])
  expect(await stripe.coupons.retrieve('once')).toMatchObject({ times_redeemed: 1 })
})

test('a promotion code with a least amount is redeemed by a purchase that reaches it', async () => {
  const { stripe } = await startEmulator()
  await stripe.coupons.create({ id: 'ten', percent_off: 10 })
  const code = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: 'ten' },
    restrictions: { minimum_amount: 2000, minimum_amount_currency: 'usd' },
  })
  const price = await monthly(stripe, 1000)
  const buy = (quantity: number) =>
    firstInvoice(stripe, { items: [{ price: price.id, quantity }], discounts: [{ promotion_code: code.id }] })
  await expect(buy(1)).rejects.toThrow('minimum amount requirement')
  expect(await buy(2)).toMatchObject({ total: 1800 })
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 })
})
