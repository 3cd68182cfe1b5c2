import { expect, test } from 'vitest'
import { errorOf, startEmulator } from './harness.ts'

const day = 86_400
const start = 1_800_000_000

test('a coupon is created, read, renamed, listed and deleted', async () => {
  const { stripe } = await startEmulator({ now: () => start * 1000 })
  const coupon = await stripe.coupons.create({
    id: 'free-period',
    percent_off: 100,
    duration: 'once',
    metadata: { campaign: 'autumn' },
  })
  expect(coupon).toEqual({
    id: 'free-period',
    object: 'coupon',
    amount_off: null,
    created: start,
    currency: null,
    duration: 'once',
    duration_in_months: null,
    livemode: false,
    max_redemptions: null,
    metadata: { campaign: 'autumn' },
    name: null,
    percent_off: 100,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
  })
  expect(await stripe.coupons.update('free-period', { name: 'Free', metadata: { campaign: '' } })).toMatchObject({
    name: 'Free',
    metadata: {},
  })
  expect(await stripe.coupons.retrieve('free-period')).toMatchObject({ name: 'Free' })
  const generated = await stripe.coupons.create({ amount_off: 500, currency: 'USD', duration: 'forever' })
  expect(generated).toMatchObject({ amount_off: 500, currency: 'usd', percent_off: null, duration: 'forever' })
  expect(generated.id).toMatch(/^\w{8}$/)
  expect((await stripe.coupons.list()).data.map(({ id }) => id)).toEqual([generated.id, 'free-period'])

  expect(await stripe.coupons.del('free-period')).toMatchObject({ id: 'free-period', object: 'coupon', deleted: true })
  expect(await errorOf(stripe.coupons.retrieve('free-period'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    message: "No such coupon: 'free-period'",
  })
  const types = (await stripe.events.list({ types: ['coupon.created', 'coupon.updated', 'coupon.deleted'] })).data
  expect(types.map(({ type }) => type)).toEqual([
    'coupon.deleted',
    'coupon.created',
    'coupon.updated',
    'coupon.created',
  ])
})

test('an id of a coupon is taken until the coupon is deleted', async () => {
  const { stripe } = await startEmulator()
  await stripe.coupons.create({ id: 'SALE', percent_off: 10 })
  expect(await errorOf(stripe.coupons.create({ id: 'SALE', percent_off: 20 }))).toMatchObject({
    code: 'resource_already_exists',
  })
  await stripe.coupons.del('SALE')
  expect(await stripe.coupons.create({ id: 'SALE', percent_off: 12.5 })).toMatchObject({ percent_off: 12.5 })
})

// https://docs.stripe.com/api/coupons/create
test.each([
  [{ percent_off: 0 }, 'percent_off'],
  [{ percent_off: 100.5 }, 'percent_off'],
  [{ percent_off: -5 }, 'percent_off'],
  [{ amount_off: 100 }, 'currency'],
  [{ amount_off: 0, currency: 'usd' }, 'amount_off'],
  [{ percent_off: 10, duration: 'repeating' as const }, 'duration'],
  [{ percent_off: 10, duration: 'once' as const, duration_in_months: 3 }, 'duration_in_months'],
  [{ percent_off: 10, redeem_by: start - 1 }, 'redeem_by'],
  [{ percent_off: 10, redeem_by: start + 6 * 365 * day }, 'redeem_by'],
  [{ percent_off: 10, applies_to: { products: ['prod_none'] } }, 'applies_to[products]'],
  [{ percent_off: 10, currency_options: { eur: { amount_off: 1 } } }, 'currency_options'],
])('a coupon of %j is refused for its %s', async (params, param) => {
  const { stripe } = await startEmulator({ now: () => start * 1000 })
  expect(await errorOf(stripe.coupons.create(params))).toMatchObject({ statusCode: 400, param })
})

// What the real API was seen to answer.
test('a coupon takes off a share or an amount, and just one of them', async () => {
  const { stripe } = await startEmulator()
  expect(await errorOf(stripe.coupons.create({}))).toMatchObject({
    code: 'parameter_missing',
    message: 'Must provide percent_off or amount_off.',
  })
  expect(await errorOf(stripe.coupons.create({ percent_off: 10, amount_off: 5, currency: 'usd' }))).toMatchObject({
    message: 'Received both percent_off and amount_off parameters. Please pass in only one.',
  })
})

test('what a coupon applies to is shown only when it is asked for', async () => {
  const { stripe } = await startEmulator()
  const product = await stripe.products.create({ name: 'Pro' })
  const created = await stripe.coupons.create({ percent_off: 10, applies_to: { products: [product.id] } })
  expect(created).not.toHaveProperty('applies_to')
  const { applies_to: shown } = await stripe.coupons.retrieve(created.id, { expand: ['applies_to'] })
  expect(shown).toEqual({ products: [product.id] })
  const everything = await stripe.coupons.create({ percent_off: 10 }, {})
  expect(await stripe.coupons.retrieve(everything.id, { expand: ['applies_to'] })).not.toHaveProperty('applies_to')
  const [listed] = (await stripe.coupons.list({ expand: ['data.applies_to'], limit: 2 })).data.slice(1)
  expect(listed?.applies_to).toEqual({ products: [product.id] })
  for (const event of (await stripe.events.list({ type: 'coupon.created' })).data) {
    expect(event.data.object).not.toHaveProperty('applies_to')
  }
})

test('after its last second a coupon is valid no more, and its promotion codes are active no more', async () => {
  let now = start
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  const coupon = await stripe.coupons.create({ percent_off: 10, redeem_by: start + day })
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id } })
  // https://docs.stripe.com/billing/subscriptions/coupons#customize-expirations
  expect(code.expires_at).toBe(start + day)
  now = start + day
  expect((await stripe.coupons.retrieve(coupon.id)).valid).toBe(true)
  now += 1
  expect((await stripe.coupons.retrieve(coupon.id)).valid).toBe(false)
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false)
  expect(await errorOf(stripe.promotionCodes.update(code.id, { active: true }))).toMatchObject({ param: 'active' })
})

test('a promotion code is created, read, changed and listed', async () => {
  const { stripe } = await startEmulator({ now: () => start * 1000 })
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'repeating', duration_in_months: 3 })
  const customer = await stripe.customers.create()
  const promotion = { type: 'coupon' as const, coupon: coupon.id }
  const code = await stripe.promotionCodes.create({
    promotion,
    code: 'EXAMPLE2026',
    expires_at: start + day,
    max_redemptions: 500,
    restrictions: { first_time_transaction: true, minimum_amount: 5000, minimum_amount_currency: 'usd' },
    metadata: { channel: 'social' },
  })
  expect(code.id).toMatch(/^promo_\w{24}$/)
  expect(code).toMatchObject({
    object: 'promotion_code',
    active: true,
    code: 'EXAMPLE2026',
    customer: null,
    expires_at: start + day,
    max_redemptions: 500,
    promotion,
    restrictions: { first_time_transaction: true, minimum_amount: 5000, minimum_amount_currency: 'usd' },
    times_redeemed: 0,
  })
  const own = await stripe.promotionCodes.create({ promotion, customer: customer.id })
  expect(own.code).toMatch(/^[0-9A-Z]{8}$/)
  const ids = async (params: Parameters<typeof stripe.promotionCodes.list>[0]) =>
    (await stripe.promotionCodes.list(params)).data.map(({ id }) => id)
  expect(await ids({ code: 'example2026' })).toEqual([code.id])
  expect(await ids({ coupon: coupon.id })).toEqual([own.id, code.id])
  expect(await ids({ customer: customer.id })).toEqual([own.id])
  expect(await stripe.promotionCodes.update(code.id, { active: false, metadata: { channel: '' } })).toMatchObject({
    active: false,
    metadata: {},
  })
  expect(await ids({ active: false })).toEqual([code.id])
  const shown = await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })
  expect(shown.promotion.coupon).toMatchObject({ id: coupon.id, percent_off: 25 })
})

// https://docs.stripe.com/billing/subscriptions/coupons#create-promotion-codes
test('a code is unique, regardless of case, among the active ones that one customer could redeem', async () => {
  const { stripe } = await startEmulator()
  const coupon = await stripe.coupons.create({ percent_off: 10 })
  const promotion = { type: 'coupon' as const, coupon: coupon.id }
  const [ada, bob] = [await stripe.customers.create(), await stripe.customers.create()]
  const create = (code: string, customer?: { id: string }) =>
    stripe.promotionCodes.create({ promotion, code, ...(customer && { customer: customer.id }) })

  const first = await create('NEWUSER')
  const taken = (code: string) => ({ message: `An active promotion code with \`code: ${code}\` already exists.` })
  expect(await errorOf(create('newuser'))).toMatchObject(taken('newuser'))
  expect(await errorOf(create('NEWUSER', ada))).toMatchObject(taken('NEWUSER'))
  await stripe.promotionCodes.update(first.id, { active: false })
  await create('NEWUSER', ada)
  await create('NEWUSER', bob)
  expect(await errorOf(create('NEWUSER', bob))).toMatchObject(taken('NEWUSER'))
  expect(await errorOf(create('NEWUSER'))).toMatchObject(taken('NEWUSER'))
  expect(await errorOf(stripe.promotionCodes.update(first.id, { active: true }))).toMatchObject(taken('NEWUSER'))
})

test('a promotion code allows no more than its coupon', async () => {
  const { stripe } = await startEmulator({ now: () => start * 1000 })
  const coupon = await stripe.coupons.create({ percent_off: 10, max_redemptions: 5, redeem_by: start + day })
  const create = (params: object) =>
    stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, ...params })
  expect(await errorOf(create({ max_redemptions: 6 }))).toMatchObject({ param: 'max_redemptions' })
  expect(await errorOf(create({ expires_at: start + day + 1 }))).toMatchObject({ param: 'expires_at' })
  expect(await errorOf(create({ expires_at: start }))).toMatchObject({
    message: expect.stringContaining('in the past') as string,
  })
  expect(await errorOf(create({ restrictions: { minimum_amount: 100 } }))).toMatchObject({
    param: 'restrictions[minimum_amount_currency]',
  })
  expect(await errorOf(create({ code: 'no spaces' }))).toMatchObject({
    param: 'code',
    message:
      'This value must match the regex pattern. (/\\A[a-zA-Z0-9\\-_]+\\z/ does not match for the value no spaces).',
  })
  expect(await errorOf(create({ customer: 'cus_none' }))).toMatchObject({ code: 'resource_missing', param: 'customer' })
  expect(await create({ max_redemptions: 5 })).toMatchObject({ active: true })
})

test('deleting a coupon archives its promotion codes for good', async () => {
  let now = start
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  const coupon = await stripe.coupons.create({ percent_off: 10 })
  const promotion = { type: 'coupon' as const, coupon: coupon.id }
  const code = await stripe.promotionCodes.create({ promotion })
  await stripe.coupons.del(coupon.id)
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false)
  expect(await errorOf(stripe.promotionCodes.update(code.id, { active: true }))).toMatchObject({ param: 'active' })
  expect(await errorOf(stripe.promotionCodes.create({ promotion }))).toMatchObject({ param: 'promotion[coupon]' })
  const shown = await stripe.promotionCodes.retrieve(code.id, { expand: ['promotion.coupon'] })
  expect(shown.promotion.coupon).toMatchObject({ id: coupon.id, valid: false })
  now += day
  await stripe.coupons.create({ id: coupon.id, percent_off: 90 })
  expect(await errorOf(stripe.promotionCodes.update(code.id, { active: true }))).toMatchObject({ param: 'active' })
})
