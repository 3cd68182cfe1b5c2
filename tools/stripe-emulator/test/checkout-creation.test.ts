import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createCheckout, createPlan, errorOf, pay, startEmulator } from './harness.ts'

const day = 86_400
const start = Date.UTC(2026, 4, 15) / 1000
type Params = Stripe.Checkout.SessionCreateParams

async function startShop() {
  const emulator = await startEmulator({ now: () => start * 1000 })
  const price = await createPlan(emulator.stripe)
  const once = await emulator.stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    product_data: { name: 'Setup fee' },
  })
  const create = (params: Partial<Params> = {}) =>
    emulator.stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: price.id, quantity: 2 }],
      success_url: 'http://shop.test/done',
      ...params,
    })
  const refusal = async (params: Partial<Params>) => {
    const { message, param } = await errorOf(create(params))
    return { message, param }
  }
  return { ...emulator, price, once, create, refusal }
}

test('one-time prices beside recurring ones are on the first invoice only', async () => {
  const { stripe, create, price, once } = await startShop()
  const session = await create({
    line_items: [
      { price: once.id, quantity: 3 },
      { price: price.id, quantity: 1 },
    ],
  })
  expect(session).toMatchObject({ amount_subtotal: 2700, amount_total: 2700 })
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
    { description: 'Setup fee', quantity: 3, amount_total: 1500 },
    { description: 'Pro', quantity: 1, amount_total: 1200 },
  ])
  await pay(session.url ?? '')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    payment_status: 'paid',
    subscription: { status: 'active', items: { data: [{ price: { id: price.id } }] } },
    invoice: { status: 'paid', amount_paid: 2700 },
  })
  expect((done.subscription as Stripe.Subscription).items.data).toHaveLength(1)
})

// https://docs.stripe.com/products-prices/how-products-and-prices-work#inline-pricing
test('a price given inline is made for this purchase, and for no other', async () => {
  const { stripe, create } = await startShop()
  const session = await create({
    line_items: [
      {
        price_data: {
          currency: 'usd',
          unit_amount: 900,
          recurring: { interval: 'year' },
          product_data: { name: 'Archive', description: 'Kept for ever' },
        },
        quantity: 1,
      },
    ],
  })
  const [item] = (await stripe.checkout.sessions.listLineItems(session.id)).data
  expect(item).toMatchObject({
    description: 'Archive',
    amount_total: 900,
    price: { active: false, unit_amount: 900, recurring: { interval: 'year', interval_count: 1 } },
  })
  expect(await errorOf(create({ line_items: [{ price: item?.price?.id ?? '', quantity: 1 }] }))).toMatchObject({
    message: expect.stringContaining('inactive') as string,
  })
})

test('a request that is refused leaves no inline price behind', async () => {
  const { stripe, create, refusal } = await startShop()
  const inline = { currency: 'usd', unit_amount: 900, recurring: { interval: 'month' as const } }
  const before = (await stripe.events.list()).data.length
  await refusal({
    line_items: [
      { price_data: { ...inline, product_data: { name: 'One' } }, quantity: 1 },
      { price_data: { ...inline, currency: 'eur', product_data: { name: 'Two' } }, quantity: 1 },
    ],
  })
  expect((await stripe.products.list()).data.map(({ name }) => name)).toEqual(['Setup fee', 'Pro'])
  expect((await stripe.events.list()).data).toHaveLength(before)
  expect(await create()).toMatchObject({ status: 'open' })
})

test('a metered price is sold without a quantity and costs nothing today', async () => {
  const { stripe, create, price, refusal } = await startShop()
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const metered = await stripe.prices.create({
    currency: 'usd',
    unit_amount_decimal: '0.5' as never,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    product_data: { name: 'Calls', unit_label: 'call' },
  })
  const session = await create({ line_items: [{ price: price.id, quantity: 1 }, { price: metered.id }] })
  expect(session.amount_total).toBe(1200)
  const page = await (await fetch(session.url ?? '')).text()
  expect(page).toContain('$0.005 per call, billed monthly by usage')
  expect(page).toContain('Varies with use')
  await pay(session.url ?? '')
  const { data } = await stripe.subscriptions.list({})
  expect(data[0]?.items.data.map(({ quantity }) => quantity)).toEqual([1, undefined])
  // https://github.com/better-auth/better-auth/issues/8920
  expect(await refusal({ line_items: [{ price: metered.id, quantity: 1 }] })).toEqual({
    message: 'Quantity should not be specified where usage_type is `metered`. Remove quantity from `line_items[0]`',
    param: 'line_items[0][quantity]',
  })
})

test('tiers are priced as the first invoice prices them, and shown', async () => {
  const { stripe, create } = await startShop()
  const tiered = await stripe.prices.create({
    currency: 'usd',
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 5, unit_amount: 700 },
      { up_to: 'inf', unit_amount: 650 },
    ],
    recurring: { interval: 'month' },
    product_data: { name: 'Seats' },
  })
  const session = await create({ line_items: [{ price: tiered.id, quantity: 7 }] })
  expect(session.amount_total).toBe(5 * 700 + 2 * 650)
  const page = await (await fetch(session.url ?? '')).text()
  expect(page).toContain('1 to 5: $7.00 each')
  expect(page).toContain('6 and more: $6.50 each')
  await pay(session.url ?? '')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
  expect(done.invoice).toMatchObject({ amount_paid: session.amount_total })
})

// https://docs.stripe.com/payments/checkout/billing-cycle
test('a billing cycle anchor asks today for the share of the period until then', async () => {
  const { stripe, create } = await startShop()
  const june = Date.UTC(2026, 5, 1) / 1000
  const session = await create({ subscription_data: { billing_cycle_anchor: june } })
  // 17 of the 31 days from 1 May to 1 June, of $24.00.
  expect(session.amount_total).toBe(Math.round((2400 * 17) / 31))
  await pay(session.url ?? '')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    payment_status: 'paid',
    subscription: { status: 'active', billing_cycle_anchor: june, items: { data: [{ current_period_end: june }] } },
    invoice: { amount_paid: session.amount_total },
  })
})

// https://docs.stripe.com/payments/checkout/billing-cycle: "Unlike a trial, no 0 USD invoice is generated."
test('without prorations the time until the anchor is free, and there is no invoice', async () => {
  const { stripe, create } = await startShop()
  const june = Date.UTC(2026, 5, 1) / 1000
  const session = await create({ subscription_data: { billing_cycle_anchor: june, proration_behavior: 'none' } })
  expect(session).toMatchObject({ amount_subtotal: 0, amount_total: 0 })
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([{ amount_total: 0 }])
  await pay(session.url ?? '')
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    invoice: null,
  })
  expect((await stripe.invoices.list()).data).toEqual([])
})

test('a trial ends after days or at a time, and says what follows without a card', async () => {
  const { stripe, create } = await startShop()
  const trialEnd = start + 3 * day
  const session = await create({
    payment_method_collection: 'if_required',
    subscription_data: {
      trial_end: trialEnd,
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      description: 'Team plan',
      metadata: { organization: 'o1' },
    },
  })
  expect(session).toMatchObject({ amount_total: 0, payment_method_collection: 'if_required' })
  await pay(session.url ?? '', { cardNumber: '', cardExpiry: '', cardCvc: '' })
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'no_payment_required',
    subscription: {
      status: 'trialing',
      trial_end: trialEnd,
      default_payment_method: null,
      description: 'Team plan',
      metadata: { organization: 'o1' },
      trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
    },
  })
  expect((await stripe.paymentMethods.list({ customer: String(done.customer) })).data).toEqual([])
})

test('what is asked for is echoed', async () => {
  const { create, stripe } = await startShop()
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await create({
    customer: customer.id,
    customer_update: { name: 'auto' },
    locale: 'de',
    origin_context: 'web',
    custom_text: { submit: { message: 'You can cancel at any time.' } },
    saved_payment_method_options: { payment_method_save: 'enabled' },
  })
  expect(session).toMatchObject({
    customer_creation: null,
    customer_details: { email: 'ada@example.com' },
    locale: 'de',
    origin_context: 'web',
    custom_text: { submit: { message: 'You can cancel at any time.' } },
    saved_payment_method_options: {
      allow_redisplay_filters: ['always'],
      payment_method_remove: 'disabled',
      payment_method_save: 'enabled',
    },
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  })
  expect(await (await fetch(session.url ?? '')).text()).toContain('You can cancel at any time.')
  await pay(session.url ?? '')
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ name: 'Ada Lovelace' })
})

test('what Stripe refuses is refused in its words', async () => {
  const { stripe, refusal, price, once } = await startShop()
  const item = (id: string, quantity: number | null = 1) => ({ price: id, ...(quantity !== null && { quantity }) })
  const base = { product: String(price.product), unit_amount: 1 }
  const euro = await stripe.prices.create({ ...base, currency: 'eur', recurring: { interval: 'month' } })
  const yearly = await stripe.prices.create({ ...base, currency: 'usd', recurring: { interval: 'year' } })
  const old = await stripe.prices.create({ ...base, currency: 'usd', recurring: { interval: 'month' }, active: false })
  const customer = await stripe.customers.create({})
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'once' })
  const cases: [Partial<Params>, string, string][] = [
    [{ line_items: [] }, 'Missing required param: line_items.', 'line_items'],
    [
      { line_items: [item(once.id)] },
      'You must provide at least one recurring price in `subscription` mode when using prices.',
      'line_items',
    ],
    [
      { mode: 'payment' },
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      'line_items[0]',
    ],
    [
      { line_items: [item(price.id), item(euro.id)] },
      "The price specified only supports `eur`. This doesn't match the expected currency: `usd`.",
      'line_items[1][price]',
    ],
    [
      { line_items: [item(price.id), item(yearly.id)] },
      'Checkout does not support multiple prices with different billing intervals.',
      'line_items',
    ],
    [
      { line_items: [item(old.id)] },
      'The price specified is inactive. This field only accepts active prices.',
      'line_items[0][price]',
    ],
    [{ line_items: [item('price_none')] }, "No such price: 'price_none'", 'line_items[0][price]'],
    [
      { line_items: [item(price.id, null)] },
      'Quantity is required. Add `quantity` to `line_items[0]`',
      'line_items[0][quantity]',
    ],
    [
      { allow_promotion_codes: true, discounts: [{ coupon: coupon.id }] },
      'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      'allow_promotion_codes',
    ],
    [{ discounts: [{ coupon: 'none' }] }, "No such coupon: 'none'", 'discounts[0][coupon]'],
    [{ customer_update: { name: 'auto' } }, '`customer_update` can only be used with `customer`.', 'customer_update'],
    [
      { customer: customer.id, customer_email: 'a@b.test' },
      'You may only specify one of these parameters: customer, customer_email.',
      'customer',
    ],
    [
      { subscription_data: { trial_end: start + day } },
      'The `trial_end` date has to be at least 2 days in the future.',
      'subscription_data[trial_end]',
    ],
    [
      { subscription_data: { trial_period_days: 731 } },
      'The maximum number of trial period days is 730 (2 years).',
      'subscription_data[trial_period_days]',
    ],
    [
      { expires_at: start + 60 },
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    ],
    [
      { expires_at: start + 2 * day },
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    ],
    [
      { mode: 'setup', currency: 'usd', line_items: [], allow_promotion_codes: true },
      'You can not pass `allow_promotion_codes` in `setup` mode.',
      'allow_promotion_codes',
    ],
  ]
  for (const [params, message, param] of cases) expect(await refusal(params)).toEqual({ message, param })
  for (const params of [{ ui_mode: 'embedded_page' }, { billing_address_collection: 'required' }] as const)
    expect((await refusal(params)).message).toContain('does not cover')
})

// https://docs.stripe.com/payments/checkout/adjustable-quantity
test('an adjustable quantity has limits, which the quantity must keep', async () => {
  const { stripe, create, price, refusal } = await startShop()
  const items = (quantity: number, adjustable: object) => ({
    line_items: [{ price: price.id, quantity, adjustable_quantity: { enabled: true, ...adjustable } }],
  })
  const session = await create(items(2, { maximum: 5 }))
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
    { adjustable_quantity: { enabled: true, minimum: 0, maximum: 5 } },
  ])
  expect((await refusal(items(100, {}))).message).toContain('between the adjustable minimum (0) and maximum (99)')
  expect((await refusal(items(1, { minimum: 3, maximum: 2 }))).param).toContain('adjustable_quantity')
})

// https://docs.stripe.com/api/checkout/sessions/update
test('line items are kept by id, changed, added, removed and put in order, and the amounts follow', async () => {
  const { stripe, create, price, once } = await startShop()
  const session = await create({ metadata: { a: '1' } })
  const [first] = (await stripe.checkout.sessions.listLineItems(session.id)).data
  const updated = await stripe.checkout.sessions.update(session.id, {
    line_items: [
      { price: once.id, quantity: 1 },
      { id: first?.id ?? '', quantity: 5 },
    ],
    metadata: { b: '2' },
  })
  expect(updated).toMatchObject({ amount_total: 500 + 5 * 1200, metadata: { a: '1', b: '2' } })
  const { data } = await stripe.checkout.sessions.listLineItems(session.id)
  expect(data).toMatchObject([{ description: 'Setup fee' }, { id: first?.id, quantity: 5, price: { id: price.id } }])
  expect(await errorOf(stripe.checkout.sessions.update(session.id, { line_items: [{ id: 'li_none' }] }))).toMatchObject(
    {
      param: 'line_items[0][id]',
    },
  )
  const pages: string[] = []
  for await (const item of stripe.checkout.sessions.listLineItems(session.id, { limit: 1 })) pages.push(item.id)
  expect(pages).toEqual(data.map(({ id }) => id))
  await pay(session.url ?? '')
  expect(
    await errorOf(stripe.checkout.sessions.update(session.id, { line_items: [{ price: price.id, quantity: 1 }] })),
  ).toMatchObject({ statusCode: 400 })
})

test('sessions are found by email, status, customer and subscription', async () => {
  const { stripe, create } = await startShop()
  const paid = await create({ customer_email: 'Ada@example.com' })
  const other = await create({ customer_email: 'bob@example.com' })
  await pay(paid.url ?? '', { email: 'Ada@example.com' })
  const done = await stripe.checkout.sessions.retrieve(paid.id)
  const ids = async (params: Stripe.Checkout.SessionListParams) =>
    (await stripe.checkout.sessions.list(params)).data.map(({ id }) => id)
  expect(await ids({ customer_details: { email: 'ada@example.com' } })).toEqual([paid.id])
  expect(await ids({ status: 'open' })).toEqual([other.id])
  expect(await ids({ customer: String(done.customer) })).toEqual([paid.id])
  expect(await ids({ subscription: String(done.subscription) })).toEqual([paid.id])
  expect(await ids({ payment_intent: 'pi_none' })).toEqual([])
})

// https://docs.stripe.com/payments/save-and-reuse?platform=web&ui=stripe-hosted
test('setup mode keeps a card for the customer and charges nothing', async () => {
  const { stripe, create } = await startShop()
  const customer = await stripe.customers.create({ email: 'ada@example.com' })
  const session = await create({
    mode: 'setup',
    currency: 'usd',
    customer: customer.id,
    line_items: [],
    setup_intent_data: { description: 'Card on file', metadata: { reason: 'renewals' } },
  })
  expect(session).toMatchObject({
    amount_total: null,
    payment_status: 'no_payment_required',
    setup_intent: expect.stringMatching(/^seti_/) as string,
  })
  expect(await (await fetch(session.url ?? '')).text()).toContain('Save card')
  await pay(session.url ?? '')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['setup_intent'] })
  expect(done).toMatchObject({
    status: 'complete',
    setup_intent: { status: 'succeeded', description: 'Card on file', metadata: { reason: 'renewals' } },
  })
  expect((await stripe.paymentMethods.list({ customer: customer.id })).data).toHaveLength(1)
  expect((await stripe.charges.list()).data).toEqual([])
})

test('payment mode takes a single payment, of a guest unless a customer is asked for', async () => {
  const { stripe, create, once } = await startShop()
  const session = await create({ mode: 'payment', line_items: [{ price: once.id, quantity: 2 }] })
  expect(session).toMatchObject({ amount_total: 1000, customer_creation: 'if_required' })
  await pay(session.url ?? '')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  expect(done).toMatchObject({
    payment_status: 'paid',
    customer: null,
    customer_details: { email: 'ada@example.com' },
    payment_intent: { status: 'succeeded', amount: 1000 },
    subscription: null,
  })
  const { id } = done.payment_intent as Stripe.PaymentIntent
  expect((await stripe.checkout.sessions.list({ payment_intent: id })).data).toHaveLength(1)

  const second = await create({
    mode: 'payment',
    customer_creation: 'always',
    line_items: [{ price: once.id, quantity: 1 }],
  })
  await pay(second.url ?? '')
  expect((await stripe.customers.list()).data).toMatchObject([{ email: 'ada@example.com' }])
})

test('a session is a checkout of one customer on their test clock', async () => {
  const { stripe, price } = await startShop()
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: Date.UTC(2030, 0, 1) / 1000 })
  const customer = await stripe.customers.create({ email: 'ada@example.com', test_clock: clock.id })
  const { session, page } = await createCheckout(stripe, {
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
  })
  expect(session.expires_at).toBe(clock.frozen_time + day)
  expect(await (await fetch(page)).text()).toContain('by their test clock')
  await pay(page)
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription', 'invoice'] })
  expect(done).toMatchObject({
    status: 'complete',
    subscription: { start_date: clock.frozen_time, test_clock: clock.id },
    invoice: { status: 'paid', created: clock.frozen_time },
  })
})
