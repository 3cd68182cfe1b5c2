import type Stripe from 'stripe'
import { beforeEach, expect, test } from 'vitest'
import { errorOf, startEmulator, subscribe } from './harness.ts'

// The language and its fields: https://docs.stripe.com/search
let stripe: Stripe
let now: number

beforeEach(async () => {
  now = 1_700_000_000
  const emulator = await startEmulator({ now: () => now * 1000 })
  stripe = emulator.stripe
  await stripe.customers.create({
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    metadata: { tier: 'gold', age: '36' },
  })
  now += 100
  await stripe.customers.create({ name: 'Grace "Amazing" Hopper', phone: '+1 555', metadata: { tier: 'silver' } })
  now += 100
  await stripe.customers.create({ email: 'nobody@example.com' })
})

test.each([
  ["metadata['tier']:'gold'", ['Ada Lovelace']],
  ['metadata["tier"]:"GOLD"', ['Ada Lovelace']],
  ['name:"ada lovelace"', ['Ada Lovelace']],
  ['name:"ada"', []],
  ['name~"LOVE"', ['Ada Lovelace']],
  ['-name~"love"', [null, 'Grace "Amazing" Hopper']],
  ['name:null', [null]],
  ['-name:null', ['Grace "Amazing" Hopper', 'Ada Lovelace']],
  ['-metadata["tier"]:null', ['Grace "Amazing" Hopper', 'Ada Lovelace']],
  ['name~"\\"Amazing\\""', ['Grace "Amazing" Hopper']],
  ['created>1700000000', [null, 'Grace "Amazing" Hopper']],
  ['created>=1700000000 AND created<1700000100', ['Ada Lovelace']],
  ['created:1700000100', ['Grace "Amazing" Hopper']],
  ['created<="1700000000"', ['Ada Lovelace']],
  ['email~"example.com" AND -metadata["tier"]:"gold"', [null]],
  ['metadata["tier"]:"gold" OR phone:"+1 555"', ['Grace "Amazing" Hopper', 'Ada Lovelace']],
])('%s finds %j', async (query, names) => {
  const { data } = await stripe.customers.search({ query })
  expect(data.map(({ name }) => name)).toEqual(names)
})

test.each([
  ['', 'query'],
  ['name', 'an operator after `name`'],
  ['nickname:"x"', '`nickname`'],
  ['constructor:"x"', '`constructor`'],
  ['metadata:"x"', '["key"]'],
  ['name:ada', 'quotation marks for `name`'],
  ['name:"ada', 'quotation marks for `name`'],
  ['name>"ada"', '`name` does not support the operator >'],
  ['metadata["tier"]~"gol"', '`metadata` does not support the operator ~'],
  ['created:"soon"', '`created` is a number'],
  ['name~"ad"', '3 characters'],
  ['name:"a" created:1', 'AND or OR'],
  ['name:"a" AND name:"b" OR name:"c"', 'cannot be combined'],
  [Array.from({ length: 11 }, () => 'created>1').join(' AND '), '10 clauses'],
])('%s is refused by what is wrong', async (query, reason) => {
  const error = await errorOf(stripe.customers.search({ query }))
  expect(error).toMatchObject({ statusCode: 400, param: 'query' })
  expect(error.message).toContain(reason)
})

test('what is found comes in pages, which the SDK turns by itself', async () => {
  for (let count = 0; count < 25; count += 1) await stripe.products.create({ name: `Product ${count}` })
  const query = 'active:"true"'
  const first = await stripe.products.search({ query })
  expect(first).toMatchObject({ object: 'search_result', has_more: true, url: '/v1/products/search' })
  const second = await stripe.products.search({ query, page: first.next_page ?? '' })
  expect(second.data[0]?.name).toBe('Product 14')
  const all = await stripe.products.search({ query, limit: 7 }).autoPagingToArray({ limit: 100 })
  expect(all.map(({ name }) => name)).toEqual(Array.from({ length: 25 }, (_, index) => `Product ${24 - index}`))
  expect(await errorOf(stripe.products.search({ query, page: 'nowhere' }))).toMatchObject({ param: 'page' })
  const last = await stripe.products.search({ query, limit: 25 })
  expect(last).toMatchObject({ has_more: false, next_page: null })
})

test('a deleted customer is found no more', async () => {
  const [ada] = (await stripe.customers.search({ query: 'email:"ada@example.com"' })).data
  await stripe.customers.del(ada?.id ?? '')
  expect((await stripe.customers.search({ query: 'created>1' })).data).toHaveLength(2)
})

test('each resource that Stripe searches is searched by its own fields', async () => {
  const { subscription, customer } = await subscribe(stripe)
  const ids = async (search: Promise<Stripe.ApiSearchResult<{ id: string }>>) => (await search).data.map(({ id }) => id)
  const byCustomer = `customer:"${customer}"`
  expect(await ids(stripe.subscriptions.search({ query: 'status:"active"' }))).toEqual([subscription])
  const invoices = (await stripe.invoices.list({ subscription })).data.map(({ id }) => id)
  expect(await ids(stripe.invoices.search({ query: `subscription:"${subscription}" AND total>0` }))).toEqual(invoices)
  const intents = (await stripe.paymentIntents.list({ customer })).data.map(({ id }) => id)
  expect(await ids(stripe.paymentIntents.search({ query: `${byCustomer} AND status:"succeeded"` }))).toEqual(intents)
  const charges = (await stripe.charges.list({ customer })).data.map(({ id }) => id)
  const card = 'payment_method_details.card.last4:"4242" AND refunded:"false"'
  expect(await ids(stripe.charges.search({ query: card }))).toEqual(charges)
  expect(await ids(stripe.prices.search({ query: 'type:"recurring" AND currency:"usd"' }))).toHaveLength(1)
})
