import { expect, test } from 'vitest'
import { createPlan, errorOf, startEmulator, subscribe } from './harness.ts'

test('a customer is created, read, updated, found by e-mail and deleted', async () => {
  const { stripe } = await startEmulator({ now: () => 1_800_000_000_000 })
  const created = await stripe.customers.create({
    email: 'ada@example.com',
    name: 'Ada',
    address: { city: 'London' },
    metadata: { organization: 'o1' },
  })
  expect(created.id).toMatch(/^cus_\w{14}$/)
  expect(created).toMatchObject({ object: 'customer', created: 1_800_000_000, livemode: false, balance: 0 })
  expect(created.address).toMatchObject({ city: 'London', line1: null })
  expect(await stripe.customers.retrieve(created.id)).toMatchObject({ email: 'ada@example.com', name: 'Ada' })

  const updated = await stripe.customers.update(created.id, { name: 'Ada L.', email: '' })
  expect(updated).toMatchObject({ name: 'Ada L.', email: null, metadata: { organization: 'o1' } })

  const other = await stripe.customers.create({ email: 'bob@example.com' })
  expect((await stripe.customers.list({ email: 'bob@example.com' })).data.map(({ id }) => id)).toEqual([other.id])

  expect(await stripe.customers.del(created.id)).toMatchObject({ id: created.id, deleted: true })
  expect(await stripe.customers.retrieve(created.id)).toMatchObject({ deleted: true })
  expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([other.id])
  expect(await errorOf(stripe.customers.update(created.id, { name: 'x' }))).toMatchObject({ code: 'resource_missing' })
})

test('metadata is merged, a key is unset by an empty value, all of it by an empty hash', async () => {
  const { stripe } = await startEmulator()
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
  expect((await stripe.customers.update(id, { metadata: { b: '', c: '3' } })).metadata).toEqual({ a: '1', c: '3' })
  expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({})
})

test('a product is created with an id of its own, updated and listed', async () => {
  const { stripe } = await startEmulator()
  const pro = await stripe.products.create({ id: 'pro', name: 'Pro', marketing_features: [{ name: 'Audit log' }] })
  expect(pro).toMatchObject({ id: 'pro', active: true, marketing_features: [{ name: 'Audit log' }] })
  expect(await errorOf(stripe.products.create({ id: 'pro', name: 'Again' }))).toMatchObject({
    code: 'resource_already_exists',
  })
  await stripe.products.update('pro', { active: false, description: 'For teams' })
  expect(await stripe.products.retrieve('pro')).toMatchObject({ active: false, description: 'For teams', name: 'Pro' })
  const free = await stripe.products.create({ name: 'Free' })
  expect((await stripe.products.list({ active: true })).data.map(({ id }) => id)).toEqual([free.id])
  expect((await stripe.products.list({ ids: ['pro'] })).data.map(({ id }) => id)).toEqual(['pro'])
})

test('a price has the shape the SDK expects, its decimal amount too', async () => {
  const { stripe } = await startEmulator()
  const product = await stripe.products.create({ name: 'Pro' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'EUR',
    unit_amount: 1900,
    recurring: { interval: 'year' },
    lookup_key: 'pro_yearly',
  })
  expect(price).toMatchObject({
    product: product.id,
    currency: 'eur',
    unit_amount: 1900,
    type: 'recurring',
    recurring: { interval: 'year', interval_count: 1, usage_type: 'licensed' },
  })
  expect(price.unit_amount_decimal?.toString()).toBe('1900')
  expect(await stripe.prices.update(price.id, { nickname: 'Yearly' })).toMatchObject({ nickname: 'Yearly' })
  expect((await stripe.prices.retrieve(price.id, { expand: ['product'] })).product).toMatchObject({ name: 'Pro' })
})

test('prices are found by product, lookup key, interval, currency and type', async () => {
  const { stripe } = await startEmulator()
  const product = await stripe.products.create({ name: 'Pro' })
  const base = { product: product.id, currency: 'usd', unit_amount: 1 }
  const monthly = await stripe.prices.create({ ...base, recurring: { interval: 'month' }, lookup_key: 'm' })
  const yearly = await stripe.prices.create({ ...base, recurring: { interval: 'year' }, lookup_key: 'y' })
  const once = await stripe.prices.create({ ...base, currency: 'chf' })
  await createPlan(stripe)
  const ids = async (params: Parameters<typeof stripe.prices.list>[0]) =>
    (await stripe.prices.list({ product: product.id, ...params })).data.map(({ id }) => id)
  expect(await ids({})).toEqual([once.id, yearly.id, monthly.id])
  expect(await ids({ lookup_keys: ['m', 'y'] })).toEqual([yearly.id, monthly.id])
  expect(await ids({ recurring: { interval: 'year' } })).toEqual([yearly.id])
  expect(await ids({ currency: 'chf' })).toEqual([once.id])
  expect(await ids({ type: 'recurring' })).toEqual([yearly.id, monthly.id])
})

test('a lookup key belongs to one price and moves only when asked', async () => {
  const { stripe } = await startEmulator()
  const base = { currency: 'usd', unit_amount: 1, lookup_key: 'pro', product_data: { name: 'Pro' } }
  const first = await stripe.prices.create(base)
  expect(await errorOf(stripe.prices.create(base))).toMatchObject({
    param: 'lookup_key',
    message: expect.stringContaining(first.id) as string,
  })
  const second = await stripe.prices.create({ ...base, transfer_lookup_key: true })
  expect(second.lookup_key).toBe('pro')
  expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
})

test('a price that changes is seen changed in the subscriptions that use it', async () => {
  const { stripe } = await startEmulator()
  const { subscription, price } = await subscribe(stripe)
  await stripe.prices.update(price.id, { metadata: { plan: 'pro' }, active: false })
  const [item] = (await stripe.subscriptions.retrieve(subscription)).items.data
  expect(item?.price).toMatchObject({ metadata: { plan: 'pro' }, active: false })
  expect(item?.plan).toMatchObject({ active: false })
})
