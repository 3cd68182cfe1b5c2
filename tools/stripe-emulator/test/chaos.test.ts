import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { errorOf, secret, startEmulator, startReceiver, temporaryFolder, until } from './harness.ts'

/** A stand-in with a receiver of its webhooks, to be upset. */
async function start(options: Parameters<typeof startEmulator>[0] = {}) {
  const receiver = await startReceiver()
  const emulator = await startEmulator({ webhooks: [{ url: receiver.url, secret }], ...options })
  return { receiver, ...emulator, control: createControl(emulator.url) }
}

function retrying(url: string): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe('sk_test_x', { host: hostname, port, protocol: 'http', maxNetworkRetries: 2, telemetry: false })
}

const nameOf = ({ event }: { event: Stripe.Event }) => (event.data.object as { name: string }).name

async function createCustomers(stripe: Stripe, names: readonly string[]) {
  for (const name of names) await stripe.customers.create({ name })
}

test('a webhook comes as often as a rule says, with the same event id, and is counted once', async () => {
  const { stripe, control, receiver } = await start()
  await control.chaos.add({ effect: 'duplicate', types: ['customer.*'], copies: 2 })
  await stripe.customers.create({})
  await stripe.products.create({ name: 'Pro' })
  await until(() => receiver.received.length === 4)
  const ids = receiver.received.filter(({ event }) => event.type === 'customer.created').map(({ event }) => event.id)
  expect(new Set(ids).size).toBe(1)
  expect(ids).toHaveLength(3)
  await until(async () => (await stripe.events.retrieve(ids[0] ?? '')).pending_webhooks === 0)
  expect(await control.deliveries.list({ type: 'customer.created' })).toMatchObject([
    { chaos: 'duplicate', status: 'delivered' },
    { chaos: 'duplicate', status: 'delivered' },
    { chaos: 'duplicate', status: 'delivered' },
  ])
})

test('a webhook that is late is overtaken by the next, and comes at once when the rule is cleared', async () => {
  const { stripe, control, receiver } = await start()
  await control.chaos.add({ effect: 'delay', milliseconds: 60_000, times: 1 })
  await createCustomers(stripe, ['first', 'second'])
  await until(() => receiver.received.length === 1)
  expect(receiver.received.map(nameOf)).toEqual(['second'])
  await control.chaos.clear()
  await until(() => receiver.received.length === 2)
  expect(receiver.received.map(nameOf)).toEqual(['second', 'first'])
})

test('webhooks change places within a window, the same way with the same seed', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const orders = []
  for (const seed of [7, 7, 8]) {
    const { stripe, control, receiver } = await start()
    await control.chaos.add({ effect: 'reorder', window: 4, seed, milliseconds: 60_000 })
    await createCustomers(stripe, names)
    await until(() => receiver.received.length === names.length)
    orders.push(receiver.received.map(nameOf).join(''))
  }
  expect(orders[0]).toBe(orders[1])
  expect(orders[0]).not.toBe(orders[2])
  for (const order of orders) {
    expect(order).not.toBe(names.join(''))
    expect([...order.slice(0, 4)].sort()).toEqual(['a', 'b', 'c', 'd'])
  }
})

test('webhooks change places for every endpoint by itself', async () => {
  const receivers = [await startReceiver(), await startReceiver()]
  const { stripe, url } = await startEmulator({ webhooks: receivers.map((one) => ({ url: one.url, secret })) })
  const control = createControl(url)
  await control.chaos.add({ effect: 'reorder', window: 2, milliseconds: 60_000 })
  await createCustomers(stripe, ['a', 'b', 'c', 'd', 'e', 'f'])
  await control.deliveries.settled()
  // Two that change places can only do so in one way.
  for (const { received } of receivers) expect(received.map(nameOf).join('')).toBe('badcfe')
})

test('what waits for a window to fill goes when it has waited long enough', async () => {
  const { stripe, control, receiver } = await start()
  await control.chaos.add({ effect: 'reorder', window: 100, milliseconds: 50 })
  await createCustomers(stripe, ['a', 'b'])
  await until(() => receiver.received.length === 2)
})

test('a webhook that is dropped never comes, until it is redelivered', async () => {
  const { stripe, control, receiver } = await start()
  await control.chaos.add({ effect: 'drop', types: ['customer.created'] })
  await createCustomers(stripe, ['lost'])
  await stripe.products.create({ name: 'Pro' })
  await until(() => receiver.received.length === 1)
  const [dropped] = await control.deliveries.list({ type: 'customer.created' })
  expect(dropped).toMatchObject({ status: 'failed', attempts: 0, chaos: 'drop' })
  await control.deliveries.redeliver(dropped?.id ?? '')
  await until(() => receiver.types().includes('customer.created'))
  expect(receiver.problems).toEqual([])
})

test('chance strikes the same ones with the same seed, and a count ends it', async () => {
  const struck = async (seed: number) => {
    const { stripe, control } = await start()
    await control.chaos.add({ effect: 'drop', probability: 0.5, seed })
    await createCustomers(stripe, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'])
    return (await control.deliveries.list()).map(({ chaos }) => chaos)
  }
  expect(await struck(1)).toEqual(await struck(1))
  expect(await struck(1)).not.toEqual(await struck(2))

  const { stripe, control } = await start()
  await control.chaos.add({ effect: 'drop', skip: 1, times: 2 })
  await createCustomers(stripe, ['a', 'b', 'c', 'd', 'e'])
  expect((await control.deliveries.list()).map(({ chaos }) => chaos)).toEqual([null, null, 'drop', 'drop', null])
  expect(await control.chaos.list()).toMatchObject([{ struck: 2 }])
})

test('a refused request has done nothing, so the SDK’s own retry succeeds', async () => {
  const { url, control } = await start()
  await control.chaos.add({ effect: 'error', method: 'POST', path: '/v1/customers', times: 1 })
  await control.chaos.add({ effect: 'error', status: 429, method: 'GET', times: 1 })
  const stripe = retrying(url)
  await stripe.customers.create({ name: 'once' })
  expect(await errorOf(stripe.customers.list())).toBeInstanceOf(Stripe.errors.StripeRateLimitError)
  expect((await stripe.customers.list()).data).toHaveLength(1)
  const rules = await control.chaos.list()
  expect(rules.map(({ struck }) => struck)).toEqual([1, 1])
})

test.each([null, 503])(
  'an answer that is lost (%j) was worked for: the retry gets it, and nothing twice',
  async (status) => {
    const { url, control, receiver } = await start()
    await control.chaos.add({ effect: 'lose_answer', path: '/v1/customers', status, times: 1 })
    const stripe = retrying(url)
    const customer = await stripe.customers.create({ name: 'once' })
    expect(customer.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' })
    expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([customer.id])
    await until(() => receiver.received.length === 1)
  },
)

test('a rule for a path strikes no other', async () => {
  const { stripe, control } = await start()
  const { id } = await stripe.customers.create({})
  await control.chaos.add({ effect: 'error', path: '/v1/customers/*' })
  expect(await errorOf(stripe.customers.retrieve(id))).toMatchObject({ statusCode: 500 })
  await stripe.customers.list()
  await stripe.products.list()
})

test('a slow answer holds its idempotency key, and nobody else', async () => {
  const { stripe, control } = await start()
  const rule = await control.chaos.add({ effect: 'slow', path: '/v1/customers', times: 1, milliseconds: 400 })
  const slow = stripe.customers.create({ name: 'slow' }, { idempotencyKey: 'k1' })
  await until(async () => (await control.chaos.list()).some(({ id, struck }) => id === rule.id && struck === 1))
  const refused = await errorOf(stripe.customers.create({ name: 'slow' }, { idempotencyKey: 'k1' }))
  expect(refused).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' })
  const quick = await stripe.customers.create({ name: 'quick' })
  const { id } = await slow
  expect((await stripe.customers.list()).data.map((one) => one.id)).toEqual([id, quick.id])
  expect((await stripe.customers.create({ name: 'slow' }, { idempotencyKey: 'k1' })).id).toBe(id)
})

test('rules survive a restart, with what they have done so far', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const before = await start({ dataFile })
  await before.control.chaos.add({ effect: 'drop', times: 2, seed: 5 })
  await createCustomers(before.stripe, ['a'])
  await before.close()
  const after = await start({ dataFile })
  await createCustomers(after.stripe, ['b', 'c'])
  await until(() => after.receiver.received.length === 1)
  expect(after.receiver.received.map(nameOf)).toEqual(['c'])
  expect(await after.control.chaos.list()).toMatchObject([{ matched: 2, struck: 2, seed: 5 }])
})

test('a held webhook is still held after a restart, and let go by removing its rule', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const before = await start({ dataFile })
  const { id } = await before.control.chaos.add({ effect: 'delay', milliseconds: 3_600_000, times: 1 })
  await createCustomers(before.stripe, ['held'])
  await before.close()
  const after = await start({ dataFile })
  await createCustomers(after.stripe, ['free'])
  await until(() => after.receiver.received.length === 1)
  await after.control.chaos.remove(id)
  await until(() => after.receiver.received.length === 2)
  expect(after.receiver.received.map(nameOf)).toEqual(['free', 'held'])
})

test.each([
  [{ effect: 'explode' }, 'effect'],
  [{ effect: 'drop', probability: 2 }, 'probability'],
  [{ effect: 'delay' }, 'milliseconds'],
  [{ effect: 'slow', milliseconds: 1, types: ['x'] }, 'types'],
])('a rule that makes no sense (%j) is refused by what is wrong', async (rule, named) => {
  const { control } = await start()
  await expect(control.chaos.add(rule as never)).rejects.toThrow(named)
  expect(await control.chaos.list()).toEqual([])
})
