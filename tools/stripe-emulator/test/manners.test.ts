import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { createCheckout, errorOf, sdk, startEmulator, subscribe } from './harness.ts'

const key = { authorization: 'Bearer sk_test_x' }
const form = { ...key, 'content-type': 'application/x-www-form-urlencoded' }

test('every answer carries a request id and the version it speaks', async () => {
  const { stripe } = await startEmulator()
  const { lastResponse } = await stripe.customers.create({})
  expect(lastResponse).toMatchObject({ statusCode: 200, apiVersion: Stripe.API_VERSION })
  expect(lastResponse.requestId).toMatch(/^req_\w{14}$/)
  const error = await errorOf(stripe.customers.retrieve('cus_x'))
  expect(error.requestId).toMatch(/^req_\w{14}$/)
})

test('a version with other shapes is refused', async () => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.customers.list({}, { apiVersion: '2020-08-27' }))
  expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining(Stripe.API_VERSION) as string })
})

test('only test keys open the door', async () => {
  const { url, stripe } = await startEmulator()
  await stripe.customers.list()
  expect(await errorOf(sdk(url, 'sk_live_secret').customers.list())).toBeInstanceOf(
    Stripe.errors.StripeAuthenticationError,
  )
  expect((await fetch(`${url}/v1/customers`)).status).toBe(401)
  const basic = `Basic ${Buffer.from('sk_test_x:').toString('base64')}`
  expect((await fetch(`${url}/v1/customers`, { headers: { authorization: basic } })).status).toBe(200)
})

test.each([
  ['an unknown endpoint', (stripe: Stripe) => stripe.disputes.list(), 404, '/v1/disputes'],
  ['an endpoint of the second API', (stripe: Stripe) => stripe.v2.core.events.list({}), 404, '/v2/core/events'],
  ['an unknown parameter', (stripe: Stripe) => stripe.customers.create({ tax_exempt: 'exempt' }), 400, 'tax_exempt'],
  [
    'an unknown parameter inside another',
    (stripe: Stripe) => stripe.customers.update('cus_x', { invoice_settings: { footer: 'x' } }),
    400,
    'invoice_settings[footer]',
  ],
  [
    'an unknown list filter',
    (stripe: Stripe) => stripe.events.list({ delivery_success: true }),
    400,
    'delivery_success',
  ],
])('%s is refused by name', async (_name, call, statusCode, name) => {
  const { stripe } = await startEmulator()
  const error = await errorOf(call(stripe))
  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode })
  expect(error.message).toContain(name)
})

test('what is missing, empty or malformed is named with its code', async () => {
  const { stripe } = await startEmulator()
  const { price } = await createCheckout(stripe)
  const checkout = (quantity: unknown, success_url = 'http://x.test') =>
    errorOf(
      stripe.checkout.sessions.create({
        mode: 'subscription',
        success_url,
        line_items: [{ price: price.id, quantity: quantity as number }],
      }),
    )
  expect(await errorOf(stripe.products.create({} as Stripe.ProductCreateParams))).toMatchObject({
    code: 'parameter_missing',
    param: 'name',
  })
  expect(await errorOf(stripe.products.create({ name: '' }))).toMatchObject({
    code: 'parameter_invalid_empty',
    param: 'name',
  })
  expect(await checkout('two')).toMatchObject({ code: 'parameter_invalid_integer', param: 'line_items[0][quantity]' })
  expect(await checkout(1, 'javascript:alert(1)')).toMatchObject({ code: 'url_invalid', param: 'success_url' })
  expect(await errorOf(stripe.customers.list({ limit: 101 }))).toMatchObject({ param: 'limit' })
  expect(await errorOf(stripe.customers.retrieve('cus_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
    param: 'id',
  })
  expect(await errorOf(stripe.billingPortal.sessions.create({ customer: 'cus_none' }))).toMatchObject({
    statusCode: 400,
    code: 'resource_missing',
    param: 'customer',
  })
})

test.each([
  ['percent-encoding', form, 'name=%zz'],
  ['a name without an end', form, 'metadata[a=1'],
  ['a value that is also a hash', form, 'metadata=&metadata[a]=1'],
  ['a name nested without end', form, `a${'[b]'.repeat(20)}=1`],
  ['JSON', { ...key, 'content-type': 'application/json' }, '{"name":"x"}'],
])('a body with bad form (%s) is a 400, not a failure', async (_name, headers, body) => {
  const { url } = await startEmulator()
  const response = await fetch(`${url}/v1/customers`, { method: 'POST', headers, body })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
})

test('lists are numbered', async () => {
  const { url } = await startEmulator()
  const response = await fetch(`${url}/v1/subscriptions`, {
    method: 'POST',
    headers: form,
    body: 'customer=cus_1&items[foo][price]=price_1',
  })
  expect(await response.json()).toMatchObject({ error: { message: 'Invalid array: items', param: 'items' } })
})

// https://docs.stripe.com/metadata#data
test('metadata has 50 keys at most, also in several steps', async () => {
  const { stripe } = await startEmulator()
  const keys = (count: number, prefix: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${prefix}${at}`, 'x']))
  expect(await errorOf(stripe.customers.create({ metadata: keys(51, 'a') }))).toMatchObject({ param: 'metadata' })
  expect((await stripe.customers.list()).data).toEqual([])
  const { id } = await stripe.customers.create({ metadata: keys(50, 'a') })
  const more = { balance: -500, metadata: { b: 'x' } }
  expect(await errorOf(stripe.customers.update(id, more))).toMatchObject({ param: 'metadata' })
  expect((await stripe.customers.listBalanceTransactions(id)).data).toEqual([])
  const swapped = await stripe.customers.update(id, { metadata: { a0: '', b: 'x' } })
  expect(Object.keys(swapped.metadata)).toHaveLength(50)
})

test('a moment is in seconds and before the year 10000', async () => {
  const { stripe } = await startEmulator()
  const milliseconds = 1_790_000_000_000
  const clock = (frozen_time: number) => errorOf(stripe.testHelpers.testClocks.create({ frozen_time }))
  expect(await clock(milliseconds)).toMatchObject({
    param: 'frozen_time',
    message: expect.stringContaining('Invalid timestamp: 1790000000000') as string,
  })
  expect(await clock(-1)).toMatchObject({ param: 'frozen_time' })
  const { id: customer } = await stripe.customers.create()
  const due = errorOf(
    stripe.invoices.create({ customer, collection_method: 'send_invoice', due_date: 999_999_999_999_999 }),
  )
  expect(await due).toMatchObject({ param: 'due_date' })
  const item = { customer, amount: 100, currency: 'usd', period: { start: 0, end: 253_402_300_800 } }
  expect(await errorOf(stripe.invoiceItems.create(item))).toMatchObject({ param: 'period[end]' })
  expect(await errorOf(stripe.customers.list({ created: { gte: milliseconds } }))).toMatchObject({
    param: 'created[gte]',
  })
})

test('a part named __proto__ is refused like any other unknown name', async () => {
  const { url } = await startEmulator()
  const response = await fetch(`${url}/v1/customers`, { method: 'POST', headers: form, body: '__proto__[polluted]=1' })
  expect(response.status).toBe(400)
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('the same idempotency key and parameters give the same answer once more, and nothing new', async () => {
  const { stripe } = await startEmulator()
  const first = await stripe.customers.create({ email: 'a@b.test' }, { idempotencyKey: 'k1' })
  const again = await stripe.customers.create({ email: 'a@b.test' }, { idempotencyKey: 'k1' })
  expect(again.id).toBe(first.id)
  expect(again.lastResponse.headers).toMatchObject({
    'idempotent-replayed': 'true',
    'original-request': first.lastResponse.requestId,
  })
  expect(first.lastResponse.headers).not.toHaveProperty('idempotent-replayed')
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('the same idempotency key with other parameters or another endpoint is an error', async () => {
  const { stripe } = await startEmulator()
  await stripe.customers.create({ email: 'a@b.test' }, { idempotencyKey: 'k1' })
  const other = await errorOf(stripe.customers.create({ email: 'c@d.test' }, { idempotencyKey: 'k1' }))
  expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  expect(other.statusCode).toBe(400)
  const elsewhere = await errorOf(stripe.products.create({ name: 'x' }, { idempotencyKey: 'k1' }))
  expect(elsewhere.message).toContain("'/v1/products' vs '/v1/customers'")
})

test('a request that was refused may be corrected under the same idempotency key', async () => {
  const { stripe } = await startEmulator()
  await errorOf(stripe.products.create({ name: '' }, { idempotencyKey: 'k1' }))
  expect(await stripe.products.create({ name: 'Pro' }, { idempotencyKey: 'k1' })).toMatchObject({ name: 'Pro' })
})

test('an idempotency key is forgotten after a day', async () => {
  let now = 1_800_000_000_000
  const { stripe } = await startEmulator({ now: () => now })
  const first = await stripe.customers.create({}, { idempotencyKey: 'k1' })
  now += 86_400_000
  expect((await stripe.customers.create({}, { idempotencyKey: 'k1' })).id).not.toBe(first.id)
})

test('lists come newest first, page by page, in both directions', async () => {
  const { stripe } = await startEmulator()
  const ids: string[] = []
  for (let count = 0; count < 25; count += 1) ids.unshift((await stripe.customers.create({})).id)
  const first = await stripe.customers.list()
  expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 10))
  expect(first.has_more).toBe(true)
  const last = await stripe.customers.list({ limit: 10, starting_after: ids[19] ?? '' })
  expect(last.data.map(({ id }) => id)).toEqual(ids.slice(20))
  expect(last.has_more).toBe(false)
  const back = await stripe.customers.list({ limit: 3, ending_before: ids[10] ?? '' })
  expect(back.data.map(({ id }) => id)).toEqual(ids.slice(7, 10))
  expect(back.has_more).toBe(true)
  const all = await stripe.customers.list({ limit: 7 }).autoPagingToArray({ limit: 1000 })
  expect(all.map(({ id }) => id)).toEqual(ids)
  expect(await errorOf(stripe.customers.list({ starting_after: 'cus_none' }))).toMatchObject({
    param: 'starting_after',
  })
})

test('lists are limited to a span of time', async () => {
  let now = 1_000_000
  const { stripe } = await startEmulator({ now: () => now * 1000 })
  await stripe.customers.create({ name: 'early' })
  now += 100
  await stripe.customers.create({ name: 'late' })
  const names = async (created: number | Stripe.RangeQueryParam) =>
    (await stripe.customers.list({ created })).data.map(({ name }) => name)
  expect(await names({ gte: 1_000_100 })).toEqual(['late'])
  expect(await names({ lt: 1_000_100 })).toEqual(['early'])
  expect(await names(1_000_000)).toEqual(['early'])
})

test('ids are expanded along the path, through lists and objects', async () => {
  const { stripe } = await startEmulator()
  const { session } = await subscribe(stripe)
  const { data } = await stripe.subscriptions.list({
    expand: ['data.customer', 'data.latest_invoice.payments', 'data.default_payment_method'],
  })
  expect(data[0]?.customer).toMatchObject({ object: 'customer', email: 'ada@example.com' })
  expect(data[0]?.default_payment_method).toMatchObject({ card: { last4: '4242', brand: 'visa' } })
  expect(data[0]?.latest_invoice).toMatchObject({ status: 'paid', payments: { data: [{ status: 'paid' }] } })
  const full = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'subscription'] })
  expect(full.line_items?.data).toMatchObject([{ description: 'Pro', quantity: 2, amount_total: 2400 }])
  expect(full.subscription).toMatchObject({ object: 'subscription' })
  const customer = await stripe.customers.retrieve(String(session.customer), { expand: ['subscriptions'] })
  expect(customer).toMatchObject({ subscriptions: { data: [{ id: session.subscription }] } })
  expect(await stripe.subscriptions.retrieve(String(session.subscription))).toMatchObject({
    customer: session.customer,
  })
})

test('what cannot be expanded is refused before anything is done', async () => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.customers.create({ expand: ['friends'] }))
  expect(error.message).toContain('friends')
  expect((await stripe.customers.list()).data).toEqual([])
  expect(await errorOf(stripe.customers.list({ expand: ['data.a.b.c.customer'] }))).toMatchObject({ param: 'expand' })
})

// https://docs.stripe.com/expand
test.each([
  'invoice_settings.charge',
  'invoice_settings.default_payment_method.friends',
  'subscriptions.data.latest_invoice.payment_intent',
  'subscriptions.data',
  'invoice_settings',
  'constructor',
  'toString',
  'test_clock.constructor',
])('%s, which no customer can show, is refused before there is one', async (path) => {
  const { stripe } = await startEmulator()
  const refused = await errorOf(stripe.customers.create({ expand: [path] }))
  expect(refused).toMatchObject({ statusCode: 400, param: 'expand' })
  expect(refused.message).toBe(`This property cannot be expanded (${path}).`)
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.events.list()).data).toEqual([])
})

test('of what refers to nothing, nothing can be expanded', async () => {
  const { stripe } = await startEmulator()
  const endpoint = { url: 'http://shop.test/hooks', enabled_events: ['*' as const] }
  const asked = stripe.webhookEndpoints.create({ ...endpoint, expand: ['constructor'] })
  expect(await errorOf(asked)).toMatchObject({ param: 'expand' })
  expect(await errorOf(stripe.events.list({ expand: ['data.toString'] }))).toMatchObject({ param: 'expand' })
  expect(await errorOf(stripe.events.list({ expand: ['data.data'] }))).toMatchObject({ param: 'expand' })
})

test('what is empty now is expanded to nothing, and leaves its neighbours be', async () => {
  const { stripe } = await startEmulator()
  const expand = ['invoice_settings.default_payment_method.customer', 'test_clock', 'subscriptions.data.customer']
  expect(await stripe.customers.create({ expand })).toMatchObject({
    invoice_settings: { default_payment_method: null },
    test_clock: null,
    subscriptions: { data: [] },
  })
})

test('what is meant for another account is refused', async () => {
  const { stripe } = await startEmulator()
  const elsewhere = await errorOf(stripe.customers.create({}, { stripeAccount: 'acct_1' }))
  expect(elsewhere).toMatchObject({ statusCode: 400, message: expect.stringContaining('Stripe-Account') as string })
  const context = await errorOf(stripe.customers.create({}, { stripeContext: 'acct_1' }))
  expect(context).toMatchObject({ statusCode: 400, message: expect.stringContaining('Stripe-Context') as string })
  expect((await stripe.customers.list()).data).toEqual([])
})

test('ids in arrays are expanded one by one', async () => {
  const { stripe } = await startEmulator()
  const { id: coupon } = await stripe.coupons.create({ percent_off: 25, duration: 'forever' })
  const { price, customer } = await subscribe(stripe)
  const [card] = (await stripe.paymentMethods.list({ customer })).data
  const subscription = await stripe.subscriptions.create({
    customer,
    default_payment_method: card?.id ?? '',
    items: [{ price: price.id }],
    discounts: [{ coupon }],
    expand: ['discounts', 'latest_invoice.total_discount_amounts.discount'],
  })
  expect(subscription.discounts).toMatchObject([{ object: 'discount', source: { coupon } }])
  expect(subscription.latest_invoice).toMatchObject({ total_discount_amounts: [{ discount: { object: 'discount' } }] })
  const listed = await stripe.subscriptions.list({ customer, expand: ['data.discounts.source.coupon'] })
  expect(listed.data[0]?.discounts).toMatchObject([{ source: { coupon: { percent_off: 25 } } }])
})

test('what an object does not have is refused before it is made, and what is always null is null', async () => {
  const { stripe } = await startEmulator()
  expect(await errorOf(stripe.customers.create({ expand: ['latest_invoice'] }))).toMatchObject({ param: 'expand' })
  expect((await stripe.customers.list()).data).toEqual([])
  expect(await stripe.customers.create({ expand: ['default_source'] })).toMatchObject({ default_source: null })
})

// https://docs.stripe.com/api/idempotent_requests: failures are kept too, once the work has begun.
test('a failure is the answer to its idempotency key as well', async () => {
  const { stripe } = await startEmulator()
  const retrieve = () => errorOf(stripe.customers.update('cus_none', { name: 'Ada' }, { idempotencyKey: 'k1' }))
  const first = await retrieve()
  const again = await retrieve()
  expect(again).toMatchObject({ statusCode: 404, message: first.message })
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'original-request': first.requestId })
})

test('an idempotency key that is too long is refused', async () => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.customers.create({}, { idempotencyKey: 'k'.repeat(256) }))
  expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining('255') as string })
})

// https://docs.stripe.com/rate-limits
test('beyond the rate limit requests are refused, and nothing is done', async () => {
  const { stripe, url } = await startEmulator({ rateLimit: 1 })
  const created = await Promise.allSettled(Array.from({ length: 30 }, () => stripe.customers.create({})))
  const refused = created
    .filter((one) => one.status === 'rejected')
    .map(({ reason }) => reason as Stripe.errors.StripeError)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]).toMatchObject({ statusCode: 429, code: 'rate_limit', type: 'StripeRateLimitError' })
  expect(refused[0]?.headers).toMatchObject({ 'stripe-rate-limited-reason': 'global-rate' })
  await createControl(url).settings.change({ rateLimit: null })
  const { data } = await stripe.customers.list({ limit: 100 })
  expect(data).toHaveLength(30 - refused.length)
})

test('a body that is too large is refused as such', async () => {
  const { url } = await startEmulator()
  const body = `description=${'x'.repeat(2 ** 21)}`
  const response = await fetch(`${url}/v1/customers`, { method: 'POST', headers: form, body })
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
})

test('HEAD answers as GET without the body, and methods that Stripe does not have are unknown', async () => {
  const { url } = await startEmulator()
  const head = await fetch(`${url}/v1/customers`, { method: 'HEAD', headers: key })
  expect(head.headers.get('content-type')).toContain('application/json')
  expect([head.status, await head.text()]).toEqual([200, ''])
  for (const method of ['PUT', 'PATCH', 'OPTIONS']) {
    const answer = await fetch(`${url}/v1/customers`, { method, headers: key })
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { message: expect.stringContaining(method) as string } })
  }
})

test('pages hold on to their place while the list grows', async () => {
  const { stripe } = await startEmulator()
  const ids: string[] = []
  for (let count = 0; count < 5; count += 1) ids.unshift((await stripe.products.create({ name: `${count}` })).id)
  const first = await stripe.products.list({ limit: 2 })
  await stripe.products.create({ name: 'new' })
  const second = await stripe.products.list({ limit: 2, starting_after: first.data[1]?.id ?? '' })
  expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids.slice(0, 4))
})

test.each([
  ['a text that is too long', { email: 'x'.repeat(600) }, 'Invalid string: email; must be at most 512 characters'],
  ['a key that is too long', { metadata: { ['k'.repeat(41)]: 'v' } }, 'Invalid key of metadata: must be at most 40'],
])('%s is told with its bound', async (_name, given, message) => {
  const { stripe } = await startEmulator()
  expect((await errorOf(stripe.customers.create(given))).message).toContain(message)
})

test('a name of any length that is not there is refused as Stripe does', async () => {
  const { stripe } = await startEmulator()
  expect(await errorOf(stripe.customers.retrieve(`cus_${'x'.repeat(5000)}`))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('a currency that does not exist is refused', async () => {
  const { stripe } = await startEmulator()
  const price = stripe.prices.create({ currency: 'zzz', unit_amount: 100, product_data: { name: 'Pro' } })
  expect(await errorOf(price)).toMatchObject({ param: 'currency', message: 'Invalid currency: zzz' })
})
