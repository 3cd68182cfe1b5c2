import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createPlan, errorOf, startEmulator, subscribe } from './harness.ts'

const monthly = { interval: 'month' as const }
const fonts = [
  { up_to: 5, unit_amount: 700 },
  { up_to: 10, unit_amount: 650 },
  { up_to: 'inf' as const, unit_amount: 600 },
]

// https://docs.stripe.com/subscriptions/pricing-models/tiered-pricing
test('a price with tiers keeps them, and shows them only when they are asked for', async () => {
  const { stripe } = await startEmulator()
  const price = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Fonts' },
    recurring: monthly,
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: fonts,
    expand: ['tiers'],
  })
  expect(price).toMatchObject({
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    unit_amount: null,
    unit_amount_decimal: null,
  })
  expect(price.tiers?.map((tier) => [tier.up_to, tier.unit_amount, String(tier.unit_amount_decimal)])).toEqual([
    [5, 700, '700'],
    [10, 650, '650'],
    [null, 600, '600'],
  ])
  expect(price.tiers?.[0]).toMatchObject({ flat_amount: null, flat_amount_decimal: null })
  expect(await stripe.prices.retrieve(price.id)).not.toHaveProperty('tiers')
  const plain = await createPlan(stripe)
  const listed = (await stripe.prices.list({ expand: ['data.tiers'] })).data
  expect(listed.map(({ id, tiers }) => [id, tiers?.length])).toEqual([
    [plain.id, undefined],
    [price.id, 3],
  ])
  const [event] = (await stripe.events.list({ type: 'price.created' })).data.slice(-1)
  expect(event?.data.object).toMatchObject({ id: price.id })
  expect(event?.data.object).not.toHaveProperty('tiers')
})

// https://docs.stripe.com/billing/subscriptions/decimal-amounts
test('a decimal amount has a whole form only where it is whole', async () => {
  const { stripe } = await startEmulator()
  const create = (value: string) =>
    stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Storage' },
      unit_amount_decimal: Stripe.Decimal.from(value),
    })
  const fine = await create('0.05')
  expect([fine.unit_amount, String(fine.unit_amount_decimal)]).toEqual([null, '0.05'])
  const whole = await create('5.0')
  expect([whole.unit_amount, String(whole.unit_amount_decimal)]).toEqual([5, '5'])
  const smallest = await create('0.000000000001')
  expect(String(smallest.unit_amount_decimal)).toBe('0.000000000001')
  expect(await errorOf(create('0.0000000000001'))).toMatchObject({
    code: 'parameter_invalid_decimal',
    param: 'unit_amount_decimal',
  })
})

// https://docs.stripe.com/billing/subscriptions/usage-based/transform-quantities
test('a price for packages says how they are counted', async () => {
  const { stripe } = await startEmulator()
  const price = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Car rental' },
    recurring: monthly,
    transform_quantity: { divide_by: 60, round: 'up' },
    unit_amount: 1000,
  })
  expect(price.transform_quantity).toEqual({ divide_by: 60, round: 'up' })
})

test('a metered price is backed by a meter', async () => {
  const { stripe } = await startEmulator()
  const meter = await stripe.billing.meters.create({
    display_name: 'Tokens',
    event_name: 'tokens',
    default_aggregation: { formula: 'sum' },
  })
  const create = (recurring: Omit<Stripe.PriceCreateParams.Recurring, 'interval'>) =>
    stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Tokens' },
      recurring: { ...monthly, ...recurring },
      unit_amount: 4,
    })
  const price = await create({ usage_type: 'metered', meter: meter.id })
  expect(price.recurring).toMatchObject({ meter: meter.id, usage_type: 'metered' })
  expect((await stripe.prices.list({ recurring: { meter: meter.id } })).data.map(({ id }) => id)).toEqual([price.id])
  expect((await stripe.prices.list({ recurring: { usage_type: 'licensed' } })).data).toEqual([])
  expect(await errorOf(create({ meter: meter.id }))).toMatchObject({ statusCode: 400, param: 'recurring[meter]' })
  expect(await errorOf(create({ usage_type: 'metered', meter: 'mtr_none' }))).toMatchObject({
    code: 'resource_missing',
    param: 'recurring[meter]',
  })
  await stripe.billing.meters.deactivate(meter.id)
  expect(await errorOf(create({ usage_type: 'metered', meter: meter.id }))).toMatchObject({ param: 'recurring[meter]' })
})

test('a price of a currency without minor units is whole', async () => {
  const { stripe } = await startEmulator()
  const price = await stripe.prices.create({ currency: 'JPY', unit_amount: 500, product_data: { name: 'Pro' } })
  expect([price.currency, price.unit_amount, String(price.unit_amount_decimal)]).toEqual(['jpy', 500, '500'])
})

const tiered = { billing_scheme: 'tiered' as const, tiers_mode: 'volume' as const }

// https://docs.stripe.com/api/prices/create
test.each<[string, Partial<Stripe.PriceCreateParams>, string]>([
  ['two amounts', { unit_amount: 5, unit_amount_decimal: Stripe.Decimal.from('5.5') }, 'unit_amount'],
  ['a negative amount', { unit_amount: -5 }, 'unit_amount'],
  ['tiers without their scheme', { unit_amount: 5, tiers: fonts }, 'tiers'],
  ['a mode of tiers without their scheme', { unit_amount: 5, tiers_mode: 'volume' }, 'tiers_mode'],
  ['the scheme without tiers', tiered, 'tiers'],
  ['tiers without their mode', { billing_scheme: 'tiered', tiers: fonts }, 'tiers_mode'],
  ['tiers beside an amount', { ...tiered, tiers: fonts, unit_amount: 5 }, 'unit_amount'],
  [
    'tiers beside packages',
    { ...tiered, tiers: fonts, transform_quantity: { divide_by: 5, round: 'up' } },
    'transform_quantity',
  ],
  ['no last tier', { ...tiered, tiers: fonts.slice(0, 2) }, 'tiers[1][up_to]'],
  ['two last tiers', { ...tiered, tiers: [...fonts.slice(2), ...fonts.slice(2)] }, 'tiers[0][up_to]'],
  [
    'tiers that do not rise',
    { ...tiered, tiers: [fonts[1], fonts[0], fonts[2]].flatMap((t) => t ?? []) },
    'tiers[1][up_to]',
  ],
  ['a tier that costs nothing said', { ...tiered, tiers: [{ up_to: 'inf' }] }, 'tiers[0][unit_amount]'],
  [
    'a package of none',
    { unit_amount: 5, transform_quantity: { divide_by: 0, round: 'up' } },
    'transform_quantity[divide_by]',
  ],
  [
    'more than three years',
    { unit_amount: 5, recurring: { interval: 'year', interval_count: 4 } },
    'recurring[interval_count]',
  ],
  ['157 weeks', { unit_amount: 5, recurring: { interval: 'week', interval_count: 157 } }, 'recurring[interval_count]'],
  ['a currency that is none', { unit_amount: 5, currency: 'euro' }, 'currency'],
  ['several currencies', { unit_amount: 5, currency_options: { eur: { unit_amount: 5 } } }, 'currency_options'],
  ['an amount the buyer chooses', { custom_unit_amount: { enabled: true } }, 'custom_unit_amount'],
])('a price with %s is refused', async (_what, params, param) => {
  const { stripe } = await startEmulator()
  const call = stripe.prices.create({ currency: 'usd', product_data: { name: 'Pro' }, recurring: monthly, ...params })
  expect(await errorOf(call)).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError', param })
  expect((await stripe.products.list()).data).toEqual([])
})

// What the real API was seen to answer.
test.each<[Partial<Stripe.PriceCreateParams>, string, string?]>([
  [{}, 'Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.'],
  [{ ...tiered, tiers: fonts }, 'Prices with `type=one_time` are not supported with tiered billing.', 'interval'],
  [
    { unit_amount: 1, recurring: { interval: 'month', usage_type: 'metered' } },
    'Starting with Stripe version `2025-03-31.basil`, metered prices must be backed by meters.',
  ],
  [
    { unit_amount: 1, product: 'prod_1' },
    'You may only specify one of these parameters: product, product_data.',
    'product',
  ],
])('%j is refused with “%s”', async (params, message, param) => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.prices.create({ currency: 'usd', product_data: { name: 'Pro' }, ...params }))
  expect([error.message, error.param]).toEqual([message, param])
})

test('the default price of a product comes with it, and cannot be archived while it is that', async () => {
  const { stripe } = await startEmulator()
  const product = await stripe.products.create({
    name: 'Pro',
    default_price_data: { currency: 'usd', unit_amount: 1900, recurring: monthly },
    expand: ['default_price'],
  })
  const price = product.default_price as Stripe.Price
  expect(price).toMatchObject({ product: product.id, unit_amount: 1900, recurring: { interval: 'month' } })
  expect(await errorOf(stripe.prices.update(price.id, { active: false }))).toMatchObject({
    param: 'active',
    message: 'This price cannot be archived because it is the default price of its product.',
  })
  const other = await stripe.prices.create({ currency: 'usd', unit_amount: 2900, product: product.id })
  await stripe.products.update(product.id, { default_price: other.id })
  expect(await stripe.prices.update(price.id, { active: false })).toMatchObject({ active: false })
  expect(await errorOf(stripe.products.create({ name: 'X', default_price_data: { currency: 'usd' } }))).toMatchObject({
    message: 'Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.',
  })
  expect((await stripe.products.list()).data).toHaveLength(1)
})

test('a product is deleted only while it has no prices', async () => {
  const { stripe } = await startEmulator()
  const { id } = await stripe.products.create({ name: 'Idea', shippable: false, url: 'https://idea.test/' })
  expect(await stripe.products.del(id)).toMatchObject({ id, object: 'product', deleted: true })
  expect(await errorOf(stripe.products.retrieve(id))).toMatchObject({ statusCode: 404, code: 'resource_missing' })
  const plan = await createPlan(stripe)
  expect(await errorOf(stripe.products.del(String(plan.product)))).toMatchObject({
    message: 'This product cannot be deleted because it has one or more user-created prices.',
  })
  expect((await stripe.events.list({ type: 'product.deleted' })).data.map(({ data }) => data.object)).toMatchObject([
    { id },
  ])
})

test('a product keeps what a shop shows of it', async () => {
  const { stripe } = await startEmulator()
  const package_dimensions = { height: 1.5, length: 10, weight: 2.25, width: 4 }
  const product = await stripe.products.create({ name: 'Mug', type: 'good', shippable: true, package_dimensions })
  expect(product).toMatchObject({ type: 'good', shippable: true, package_dimensions })
  await stripe.products.create({ name: 'Pro' })
  expect((await stripe.products.list({ shippable: true })).data.map(({ name }) => name)).toEqual(['Mug'])
  expect((await stripe.products.list({ type: 'service' })).data.map(({ name }) => name)).toEqual(['Pro'])
  expect(await stripe.products.update(product.id, { package_dimensions: '' })).toMatchObject({
    package_dimensions: null,
  })
})

test('how a price is taxed is said once', async () => {
  const { stripe } = await startEmulator()
  const { id } = await createPlan(stripe)
  expect(await stripe.prices.update(id, { tax_behavior: 'exclusive' })).toMatchObject({ tax_behavior: 'exclusive' })
  expect(await errorOf(stripe.prices.update(id, { tax_behavior: 'inclusive' }))).toMatchObject({
    param: 'tax_behavior',
  })
})

test('an inactive price, or one of an inactive product, is not sold anew', async () => {
  const { stripe } = await startEmulator()
  const [archived, withdrawn] = [await createPlan(stripe), await createPlan(stripe)]
  await stripe.prices.update(archived.id, { active: false })
  await stripe.products.update(String(withdrawn.product), { active: false })
  for (const { id, message } of [
    { ...archived, message: 'The price specified is inactive. This field only accepts active prices.' },
    {
      ...withdrawn,
      message: `Price \`${withdrawn.id}\` is not available to be purchased because its product is not active.`,
    },
  ]) {
    const call = stripe.checkout.sessions.create({
      mode: 'subscription',
      line_items: [{ price: id, quantity: 1 }],
      success_url: 'http://shop.test/done',
    })
    expect(await errorOf(call)).toMatchObject({ statusCode: 400, param: 'line_items[0][price]', message })
  }
})

test('what a subscription says of a price with tiers leaves them out as well', async () => {
  const { stripe } = await startEmulator()
  const price = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Fonts' },
    recurring: monthly,
    billing_scheme: 'tiered',
    tiers_mode: 'volume',
    tiers: fonts,
  })
  const { subscription } = await subscribe(stripe, { line_items: [{ price: price.id, quantity: 6 }] })
  const [item] = (await stripe.subscriptions.retrieve(subscription)).items.data
  expect(item?.price).toMatchObject({ id: price.id, tiers_mode: 'volume' })
  expect(item?.price).not.toHaveProperty('tiers')
  const shown = await stripe.subscriptions.retrieve(subscription, { expand: ['items.data.price.tiers'] })
  expect(shown.items.data[0]?.price.tiers).toHaveLength(3)
})
