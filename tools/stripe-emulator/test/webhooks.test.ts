import { expect, test } from 'vitest'
import { secret, startEmulator, startReceiver, subscribe, temporaryFolder, until } from './harness.ts'

test('every delivery carries a signature that the SDK accepts', async () => {
  const receiver = await startReceiver()
  const { stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const customer = await stripe.customers.create({ name: 'Zoë — ünïcode' }, { idempotencyKey: 'k1' })
  await until(() => receiver.received.length === 1)
  expect(receiver.problems).toEqual([])
  expect(receiver.received[0]?.headers['stripe-signature']).toMatch(/^t=\d{10},v1=[0-9a-f]{64}$/)
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
