import { expect, onTestFinished, test, vi } from 'vitest'
import { createControl } from '../src/index.ts'
import { errorOf, secret, startEmulator, startReceiver, subscribe, temporaryFolder, until } from './harness.ts'

test('every delivery carries a signature that the SDK accepts', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const customer = await stripe.customers.create({ name: 'Zoë — ünïcode' }, { idempotencyKey: 'k1' })
  await until(() => receiver.received.length === 1)
  expect(receiver.problems).toEqual([])
  expect(receiver.received[0]?.headers['stripe-signature']).toMatch(/^t=\d{10},v1=[0-9a-f]{64},v0=[0-9a-f]{64}$/)
  expect(receiver.received[0]?.event).toMatchObject({
    object: 'event',
    type: 'customer.created',
    livemode: false,
    pending_webhooks: 1,
    request: { id: customer.lastResponse.requestId, idempotency_key: 'k1' },
    data: { object: { id: customer.id, name: 'Zoë — ünïcode' } },
  })
})

test('with another secret the signature is refused, and the event tried again', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret: 'whsec_other' }] })
  await stripe.customers.create({})
  await until(() => receiver.problems.length >= 2)
  expect(receiver.received).toEqual([])
})

test('while the endpoint is down its events wait, and then come once each and in order', async () => {
  const first = await startReceiver()
  const { stripe, logged } = await startEmulator({ webhooks: [{ url: first.url, secret }] })
  await first.close()
  const ids: string[] = []
  for (let count = 0; count < 20; count += 1) ids.push((await stripe.customers.create({})).id)
  await until(() => logged.some((line) => line.includes('cannot be reached')))
  const again = await startReceiver({ port: first.port })
  await until(() => again.received.length >= 20)
  expect(again.received.map(({ event }) => (event.data.object as { id: string }).id)).toEqual(ids)
  expect(logged.at(-1)).toContain('answers again')
})

test('a proxy that says the service is down holds the order too', async () => {
  let up = false
  let refusals = 0
  const receiver = await startReceiver({ answer: () => (up ? 200 : 502 + ((refusals += 1) % 3)) })
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const first = await stripe.customers.create({})
  const second = await stripe.customers.create({})
  await until(() => refusals > 0)
  up = true
  await until(() => receiver.received.length === 2)
  expect(receiver.received.map(({ event }) => (event.data.object as { id: string }).id)).toEqual([first.id, second.id])
})

test('an event that is refused is tried again by itself and holds up no other', async () => {
  let refusals = 0
  const receiver = await startReceiver({
    answer: ({ type }) => (type === 'product.created' && (refusals += 1) === 1 ? 500 : 200),
  })
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  await stripe.products.create({ name: 'Pro' })
  await stripe.customers.create({})
  await until(() => receiver.received.length === 2)
  expect(receiver.types()).toEqual(['customer.created', 'product.created'])
})

test('an endpoint made over the API has its own secret and gets only what it wants, until it is deleted', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator()
  const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['customer.updated'] })
  expect(endpoint.secret).toMatch(/^whsec_\w{32}$/)
  expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty('secret')
  const { id } = await stripe.customers.create({})
  await stripe.customers.update(id, { name: 'Ada' })
  // The receiver knows another secret, so it refuses; what it refused is all that was sent.
  await until(() => receiver.problems.length === 1)
  const pending = async (type: string) => (await stripe.events.list({ type })).data[0]?.pending_webhooks
  expect(await pending('customer.created')).toBe(0)
  expect(await pending('customer.updated')).toBe(1)
  expect((await stripe.webhookEndpoints.list()).data.map((one) => one.id)).toEqual([endpoint.id])
  expect(await stripe.webhookEndpoints.del(endpoint.id)).toMatchObject({ deleted: true })
  expect((await stripe.webhookEndpoints.list()).data).toEqual([])
})

test('an endpoint configured at start is listed, and not made again at the next start', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const before = await startEmulator({ dataFile, webhooks: [{ url: 'http://127.0.0.1:1/old', secret }] })
  const [endpoint] = (await before.stripe.webhookEndpoints.list()).data
  await before.close()
  const after = await startEmulator({ dataFile, webhooks: [{ url: 'http://127.0.0.1:1/new', secret }] })
  expect((await after.stripe.webhookEndpoints.list()).data).toMatchObject([
    { id: endpoint?.id, url: 'http://127.0.0.1:1/new' },
  ])
})

test('what was not delivered when the stand-in stopped is delivered after its next start', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const down = await startReceiver()
  await down.close()
  const before = await startEmulator({ dataFile, webhooks: [{ url: down.url, secret }] })
  await subscribe(before.stripe)
  await before.close()
  const receiver = await startReceiver()
  await startEmulator({ dataFile, webhooks: [{ url: receiver.url, secret }] })
  await until(() => receiver.types().includes('checkout.session.completed'))
  expect(receiver.types().slice(0, 3)).toEqual(['product.created', 'price.created', 'customer.created'])
})

test('events are listed by type, by prefix and by several types', async () => {
  const { stripe } = await startEmulator()
  await subscribe(stripe)
  const types = async (params: Parameters<typeof stripe.events.list>[0]) =>
    (await stripe.events.list(params)).data.map(({ type }) => type)
  expect(await types({ type: 'invoice.paid' })).toEqual(['invoice.paid'])
  expect(await types({ type: 'price.*' })).toEqual(['price.created'])
  expect(await types({ types: ['invoice.paid', 'customer.created'] })).toEqual(['invoice.paid', 'customer.created'])
  const [event] = (await stripe.events.list({ type: 'invoice.paid' })).data
  expect(await stripe.events.retrieve(event?.id ?? '')).toEqual(event)
})

test('an event that is always refused is tried on Stripe’s schedule, hastened by the pace, and then given up', async () => {
  const receiver = await startReceiver({ answer: () => 500 })
  // Three days in a quarter of a second.
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }], webhookPace: 1_000_000 })
  await stripe.customers.create({})
  const deliveries = () => createControl(url).deliveries.list()
  await until(async () => (await deliveries())[0]?.status === 'failed')
  expect((await deliveries())[0]).toMatchObject({ attempts: 10, refusals: 10, answer: 'HTTP 500' })
  expect((await stripe.events.list()).data[0]?.pending_webhooks).toBe(1)
})

test('moving the account’s clock brings the next attempt nearer', async () => {
  let refusals = 0
  const receiver = await startReceiver({ answer: () => ((refusals += 1) === 1 ? 500 : 200) })
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }], webhookPace: 1 })
  const control = createControl(url)
  await stripe.customers.create({})
  await until(async () => (await control.deliveries.list())[0]?.refusals === 1)
  expect(receiver.received).toEqual([])
  await control.clock.moveBy(299)
  await control.clock.moveBy(60)
  await until(() => receiver.received.length === 1)
})

// https://docs.stripe.com/webhooks#automatic-retries
test('an endpoint that is disabled gets nothing, also of what was to be tried again', async () => {
  let refusals = 0
  const receiver = await startReceiver({ answer: () => ((refusals += 1) > 0 ? 500 : 200) })
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }], webhookPace: 1 })
  const control = createControl(url)
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  await stripe.customers.create({})
  await until(async () => (await control.deliveries.list())[0]?.refusals === 1)
  const changed = await stripe.webhookEndpoints.update(endpoint?.id ?? '', { disabled: true })
  expect(changed).toMatchObject({ status: 'disabled' })
  await stripe.products.create({ name: 'Pro' })
  await control.clock.moveBy(600)
  await until(async () => (await control.deliveries.list())[0]?.status === 'failed')
  expect(await control.deliveries.list()).toMatchObject([
    { type: 'customer.created', answer: 'the endpoint is disabled' },
  ])
  expect(refusals).toBe(1)
})

test('an endpoint changes its address, its events, its description and metadata', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator({ webhooks: [{ url: 'http://127.0.0.1:1/', secret }] })
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const changed = await stripe.webhookEndpoints.update(endpoint?.id ?? '', {
    url: receiver.url,
    enabled_events: ['product.created'],
    description: '',
    metadata: { team: 'billing' },
  })
  expect(changed).toMatchObject({ url: receiver.url, description: null, metadata: { team: 'billing' } })
  expect(changed).not.toHaveProperty('secret')
  await stripe.customers.create({})
  await stripe.products.create({ name: 'Pro' })
  await until(() => receiver.received.length === 1)
  expect(receiver.types()).toEqual(['product.created'])
})

test.each([
  [{ enabled_events: ['customer.exploded'] }, 'enabled_events[0]', 'customer.exploded'],
  [{ enabled_events: [] }, 'enabled_events', 'enabled_events'],
  [{ enabled_events: ['*'], api_version: '2020-08-27' }, 'api_version', '2026'],
  [{ enabled_events: ['*'], url: 'hooks' }, 'url', 'URL'],
])('an endpoint that makes no sense (%j) is refused by name', async (params, param, named) => {
  const { stripe } = await startEmulator()
  const error = await errorOf(stripe.webhookEndpoints.create({ url: 'http://x.test/', ...params } as never))
  expect(error).toMatchObject({ statusCode: 400, param })
  expect(error.message).toContain(named)
})

test('who waits for the webhooks hears how they ended, and not before', async () => {
  const held = Promise.withResolvers<void>()
  const receiver = await startReceiver({
    answer: async ({ type }) => {
      await held.promise
      return type === 'product.created' ? 500 : 200
    },
  })
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const { deliveries } = createControl(url)
  await stripe.customers.create({})
  await stripe.products.create({ name: 'Pro' })
  await expect(deliveries.settled({ within: 10 })).rejects.toThrow('2 webhooks are still on their way')
  held.resolve()
  // The one that is refused waits for its next attempt, which is not waited for.
  expect(await deliveries.settled()).toEqual({ pending: 1, delivered: 1, failed: 0, crowdedOut: 0 })
  expect(await deliveries.summary()).toMatchObject({ pending: 1, delivered: 1 })
  expect(await deliveries.list({ status: 'pending' })).toMatchObject([{ type: 'product.created', refusals: 1 }])
})

test('nobody waits for long for an endpoint that is away', async () => {
  const { url, stripe } = await startEmulator({ webhooks: [{ url: 'http://127.0.0.1:1/', secret }] })
  await stripe.customers.create({})
  const { deliveries } = createControl(url)
  expect(await deliveries.settled()).toMatchObject({ pending: 1 })
  expect(await deliveries.list()).toMatchObject([{ attempts: 5 }])
})

test('an endpoint that is restarted meanwhile is waited for', async () => {
  const first = await startReceiver()
  const { url, stripe, logged } = await startEmulator({ webhooks: [{ url: first.url, secret }] })
  await first.close()
  await stripe.customers.create({})
  const settled = createControl(url).deliveries.settled()
  await until(() => logged.some((line) => line.includes('cannot be reached')))
  const again = await startReceiver({ port: first.port })
  expect(await settled).toMatchObject({ pending: 0, delivered: 1 })
  expect(again.types()).toEqual(['customer.created'])
})

test('who waits does so for longer than `fetch` waits for an answer', async () => {
  const held = Promise.withResolvers<void>()
  const receiver = await startReceiver({
    answer: async () => {
      await held.promise
      return 200
    },
  })
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const { deliveries } = createControl(url)
  await stripe.customers.create({})
  // A `fetch` whose five minutes are over before the webhook is answered.
  const { fetch } = globalThis
  const over = AbortSignal.timeout(100)
  vi.stubGlobal('fetch', (input: string, init?: RequestInit) => fetch(input, { ...init, signal: over }))
  onTestFinished(() => void vi.unstubAllGlobals())
  const settled = deliveries.settled({ within: 3_600_000 })
  over.addEventListener('abort', () => held.resolve())
  expect(await settled).toMatchObject({ pending: 0, delivered: 1 })
})

test.each([1, 3])('%i at a time are under way to an endpoint that may have so many', async (concurrency) => {
  let [underWay, most] = [0, 0]
  const full = Promise.withResolvers<void>()
  const receiver = await startReceiver({
    answer: async () => {
      underWay += 1
      most = Math.max(most, underWay)
      if (underWay === concurrency) full.resolve()
      await full.promise
      underWay -= 1
      return 200
    },
  })
  const { url, stripe } = await startEmulator({
    webhooks: [{ url: receiver.url, secret }],
    webhookConcurrency: concurrency,
  })
  for (let count = 0; count < 10; count += 1) await stripe.customers.create({})
  expect(await createControl(url).deliveries.settled()).toMatchObject({ pending: 0, delivered: 10 })
  expect(most).toBe(concurrency)
})

test('many at a time come once each as well when the endpoint was down', async () => {
  const first = await startReceiver()
  const { url, stripe, logged } = await startEmulator({ webhooks: [{ url: first.url, secret }], webhookConcurrency: 4 })
  await first.close()
  const ids = new Set<string>()
  for (let count = 0; count < 20; count += 1) ids.add((await stripe.customers.create({})).id)
  await until(() => logged.some((line) => line.includes('cannot be reached')))
  const again = await startReceiver({ port: first.port })
  await until(() => again.received.length > 0)
  expect(await createControl(url).deliveries.settled()).toMatchObject({ pending: 0, delivered: 20 })
  expect(again.received).toHaveLength(20)
  expect(new Set(again.received.map(({ event }) => (event.data.object as { id: string }).id))).toEqual(ids)
})

test('what is redelivered while it is under way is sent once more', async () => {
  const { receiver, arrived, held } = await startHolding(200)
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const { deliveries } = createControl(url)
  await stripe.customers.create({})
  await arrived.promise
  const [only] = await deliveries.list()
  await deliveries.redeliver(only?.id ?? '')
  held.resolve()
  expect(await deliveries.settled()).toEqual({ pending: 0, delivered: 1, failed: 0, crowdedOut: 0 })
  expect(receiver.received).toHaveLength(2)
  expect((await stripe.events.list()).data[0]?.pending_webhooks).toBe(0)
})

test('a reset forgets what is under way', async () => {
  const { receiver, arrived, held } = await startHolding(500)
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const control = createControl(url)
  await stripe.customers.create({})
  await arrived.promise
  await control.reset()
  held.resolve()
  expect(await control.deliveries.settled()).toEqual({ pending: 0, delivered: 0, failed: 0, crowdedOut: 0 })
  expect(await control.deliveries.list()).toEqual([])
})

/** A receiver that says when something `arrived`, and answers it only once `held` is resolved. */
async function startHolding(status: number) {
  const arrived = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const receiver = await startReceiver({
    answer: async () => {
      arrived.resolve()
      await held.promise
      return status
    },
  })
  return { receiver, arrived, held }
}
