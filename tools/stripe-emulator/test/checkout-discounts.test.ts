import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createCode, html, textOf } from './checkout-harness.ts'
import { createCheckout, createPlan, pay, startEmulator, submit } from './harness.ts'

const day = 86_400

async function open(params: Partial<Stripe.Checkout.SessionCreateParams> = { allow_promotion_codes: true }) {
  let now = Date.UTC(2026, 4, 1)
  const emulator = await startEmulator({ now: () => now })
  const checkout = await createCheckout(emulator.stripe, params)
  const apply = (promotionCode: string) => submit(checkout.page, { action: 'apply', promotionCode })
  return { ...emulator, ...checkout, apply, wait: (seconds: number) => (now += seconds * 1000) }
}

// https://docs.stripe.com/payments/checkout/discounts
test('a coupon given with the session reduces it, its items and the first invoice', async () => {
  const { stripe } = await startEmulator()
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 })
  const { session, page } = await createCheckout(stripe, { discounts: [{ coupon: coupon.id }] })
  expect(session).toMatchObject({
    amount_subtotal: 2400,
    amount_total: 1800,
    discounts: [{ coupon: coupon.id, promotion_code: null }],
    total_details: { amount_discount: 600 },
  })
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
    { amount_subtotal: 2400, amount_discount: 600, amount_total: 1800 },
  ])
  const shown = textOf(await html(page))
  expect(shown).toContain('25% off for 3 months')
  expect(shown).toContain('$18.00 per month for 3 months Then $24.00 per month.')
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice', 'subscription.discounts'] })
  expect(done).toMatchObject({
    payment_status: 'paid',
    invoice: { amount_paid: 1800, total_discount_amounts: [{ amount: 600 }] },
    subscription: { discounts: [{ source: { coupon: coupon.id } }] },
  })
  expect(await stripe.coupons.retrieve(coupon.id)).toMatchObject({ times_redeemed: 1 })
})

test('a promotion code is typed in, seen, taken back, and redeemed when it is paid', async () => {
  const { stripe, session, page, apply } = await open()
  const code = await createCode(stripe, { amount_off: 500, currency: 'usd', duration: 'once' })
  expect(textOf(await html(page))).toContain('Add promotion code')

  const applied = await apply(' save ')
  expect(applied.status).toBe(200)
  expect(textOf(applied.html)).toContain('SAVE Remove code SAVE $5.00 off once -$5.00')
  expect(textOf(applied.html)).toContain('$19.00 due today Then $24.00 per month.')
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    amount_total: 1900,
    discounts: [{ coupon: null, promotion_code: code.id }],
  })
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 0 })

  expect(textOf((await submit(page, { action: 'remove' })).html)).toContain('Subscribe and pay $24.00')
  await apply('SAVE')
  expect((await pay(page)).status).toBe(303)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
  expect(done).toMatchObject({ payment_status: 'paid', invoice: { amount_paid: 1900 } })
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 })
})

test('what was typed in the other fields is there still when a code is applied', async () => {
  const { stripe, page } = await open()
  await createCode(stripe, { percent_off: 50, duration: 'once' })
  const fields = { email: 'grace@example.com', cardNumber: '4000 0000 0000 0002', name: 'Grace' }
  const { html: page2 } = await submit(page, { action: 'apply', promotionCode: 'SAVE', ...fields })
  for (const value of Object.values(fields)) expect(page2).toContain(`value="${value}"`)
})

test('each code that cannot be had says why, at its field, and changes nothing', async () => {
  const { stripe, session, page, apply, wait } = await open()
  const off = { percent_off: 10, duration: 'once' } as const
  const other = await createPlan(stripe, { name: 'Other' })
  const stranger = await stripe.customers.create({})
  const expiresAt = Date.UTC(2026, 4, 1) / 1000 + 3600
  const code = (name: string, params: Partial<Stripe.PromotionCodeCreateParams> = {}, coupon = {}) =>
    createCode(stripe, { ...off, ...coupon }, { code: name, ...params })
  await code('LATE', { expires_at: expiresAt })
  await code('BIG', { restrictions: { minimum_amount: 5000, minimum_amount_currency: 'usd' } })
  await code('THEIRS', { customer: stranger.id })
  await code('OTHER', {}, { applies_to: { products: [String(other.product)] } })
  await code('OFF', { active: false })
  wait(3600)
  for (const [typed, why] of [
    ['NONE', 'This code is invalid.'],
    ['THEIRS', 'This code is invalid.'],
    ['OFF', 'This code is invalid.'],
    ['LATE', 'This code has expired.'],
    ['BIG', 'This code needs an order of $50.00 or more.'],
    ['OTHER', 'This code does not apply to the items of your order.'],
    ['', 'Enter a code.'],
  ] as const) {
    const { status, html: page2 } = await apply(typed)
    expect([typed, status, /id="promotionCode-error">([^<]*)/.exec(page2)?.[1]]).toEqual([typed, 422, why])
    expect(page2).toContain(`value="${typed}"`)
  }
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 2400, discounts: [] })
  expect((await pay(page)).status).toBe(303)
})

test('a code for first orders is good until something was paid, and a decline is no order', async () => {
  const { stripe } = await startEmulator()
  await createCode(stripe, { percent_off: 50, duration: 'once' }, { restrictions: { first_time_transaction: true } })
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const params = { customer: customer.id, allow_promotion_codes: true }
  const first = await createCheckout(stripe, params)
  await pay(first.page, { cardNumber: '4000000000000002' })
  expect((await submit(first.page, { action: 'apply', promotionCode: 'SAVE' })).status).toBe(200)
  await pay(first.page, { cardNumber: '4000000000000002' })
  expect((await pay(first.page)).status).toBe(303)
  expect((await stripe.invoices.list()).data).toMatchObject([{ amount_paid: 1200 }])
  const second = await createCheckout(stripe, params)
  const refused = await submit(second.page, { action: 'apply', promotionCode: 'SAVE' })
  expect(refused.html).toContain('This code is for first orders only.')
})

test('with all of it taken off, there is nothing to pay', async () => {
  const { stripe, session, page, apply } = await open({
    allow_promotion_codes: true,
    payment_method_collection: 'if_required',
  })
  await createCode(stripe, { percent_off: 100, duration: 'forever' })
  const applied = await apply('SAVE')
  expect(applied.html).not.toContain('name="cardNumber"')
  expect(textOf(applied.html)).toContain('No card is needed today.')
  expect((await submit(page, { email: 'ada@example.com' })).status).toBe(303)
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })).toMatchObject({
    payment_status: 'no_payment_required',
    amount_total: 0,
    subscription: { status: 'active', default_payment_method: null },
    invoice: { status: 'paid', total: 0 },
  })
  expect((await stripe.paymentIntents.list()).data).toEqual([])
  expect(textOf(await html(page))).toContain('You have already subscribed')
})

test('nobody pays an amount that they have not seen: a code that was only typed is applied and shown first', async () => {
  const { stripe, session, page } = await open()
  await createCode(stripe, { amount_off: 500, currency: 'usd', duration: 'once' })
  const shown = await pay(page, { promotionCode: 'SAVE' })
  expect(shown.status).toBe(200)
  expect(textOf(shown.html)).toContain('The total is now $19.00. Nothing was charged yet.')
  expect((await pay(page)).status).toBe(303)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 1900, status: 'complete' })
})

test('a code that expires while the page is open goes, and the person is told before they pay', async () => {
  const { stripe, page, apply, wait } = await open()
  await createCode(stripe, { percent_off: 50, duration: 'once' }, { expires_at: Date.UTC(2026, 4, 1) / 1000 + 600 })
  expect((await apply('SAVE')).status).toBe(200)
  wait(600)
  expect(textOf((await pay(page)).html)).toContain('The total is now $24.00. Nothing was charged yet.')
  expect((await stripe.subscriptions.list({ status: 'all' })).data).toEqual([])
  expect((await pay(page)).status).toBe(303)
})

test('a session without codes takes none', async () => {
  const { stripe, session, page, apply } = await open({})
  await createCode(stripe, { percent_off: 50, duration: 'once' })
  expect(await html(page)).not.toContain('promotion')
  expect((await apply('SAVE')).status).toBe(422)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ amount_total: 2400 })
})

test('a trial keeps the discount for the first invoice that costs something', async () => {
  const { stripe, page, apply } = await open({
    allow_promotion_codes: true,
    subscription_data: { trial_period_days: 7 },
  })
  await createCode(stripe, { amount_off: 500, currency: 'usd', duration: 'once' })
  expect(textOf((await apply('SAVE')).html)).toContain('7 days free')
  await pay(page)
  const [subscription] = (await stripe.subscriptions.list({})).data
  expect(subscription).toMatchObject({ status: 'trialing' })
  expect(subscription?.discounts).toHaveLength(1)
  expect(subscription?.trial_end).toBe((subscription?.trial_start ?? 0) + 7 * day)
})

test('a single payment counts its code, and it is nobody’s discount', async () => {
  const { stripe } = await startEmulator()
  const code = await createCode(stripe, { percent_off: 50, duration: 'once' })
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 999, product_data: { name: 'Book' } })
  const { session, page } = await createCheckout(stripe, {
    mode: 'payment',
    line_items: [{ price: price.id, quantity: 1 }],
    discounts: [{ promotion_code: code.id }],
  })
  // Half of $9.99, rounded away from zero.
  expect(session).toMatchObject({ amount_subtotal: 999, amount_total: 499, total_details: { amount_discount: 500 } })
  await pay(page)
  expect(await stripe.promotionCodes.retrieve(code.id)).toMatchObject({ times_redeemed: 1 })
  expect((await stripe.events.list({ type: 'customer.discount.created' })).data).toEqual([])
})

test('to look at a session changes nothing, though the page shows what it comes to now', async () => {
  const { stripe, session, page, apply } = await open()
  const code = await createCode(stripe, { percent_off: 50, duration: 'once' })
  await apply('SAVE')
  await stripe.promotionCodes.update(code.id, { active: false })
  const before = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items'] })
  expect(before.amount_total).toBe(1200)

  expect(textOf(await html(page))).toContain('Total due today $24.00')
  expect(await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items'] })).toEqual(before)

  const told = await pay(page, { total: '1200' })
  expect(textOf(told.html)).toContain('The total is now $24.00. Nothing was charged yet.')
  expect((await stripe.checkout.sessions.retrieve(session.id)).amount_total).toBe(2400)
  expect((await pay(page)).status).toBe(303)
})

test('whoever has seen the page without their code is not told once more that it is gone', async () => {
  const { stripe, page, apply } = await open()
  const code = await createCode(stripe, { percent_off: 50, duration: 'once' })
  await apply('SAVE')
  await stripe.promotionCodes.update(code.id, { active: false })
  const [, total = ''] = /name="total" value="(\d+)"/.exec(await html(page)) ?? []
  expect((await pay(page, { total })).status).toBe(303)
})
