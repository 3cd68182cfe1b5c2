import { writeFile } from 'node:fs/promises'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { secret, startEmulator, startReceiver, subscribe, temporaryFolder, until } from './harness.ts'

test('the settings are read and changed, and what makes no sense is refused', async () => {
  const { url } = await startEmulator({ webhookPace: 600 })
  const { settings } = createControl(url)
  expect(await settings.read()).toEqual({
    retries: { days: [3, 5, 7], then: 'cancel' },
    upcomingDays: 7,
    rateLimit: null,
    webhookPace: 600,
    webhookConcurrency: 1,
  })
  expect(await settings.change({ retries: { days: [1], then: 'mark_unpaid' } })).toMatchObject({
    retries: { days: [1], then: 'mark_unpaid' },
    upcomingDays: 7,
  })
  await expect(settings.change({ upcomingDays: -1 })).rejects.toThrow('upcomingDays')
  await expect(settings.change({ clockOffset: 1 } as never)).rejects.toThrow('clockOffset')
})

test('the account’s clock goes forward, does what is due, and never goes back', async () => {
  const { url, stripe } = await startEmulator()
  const { clock } = createControl(url)
  const { subscription } = await subscribe(stripe)
  const { now: before } = await clock.read()
  const { done } = await clock.moveBy(40 * 86_400)
  expect(done.length).toBeGreaterThan(0)
  expect((await clock.read()).now).toBeGreaterThanOrEqual(before + 40 * 86_400)
  expect((await stripe.invoices.list({ subscription })).data).toHaveLength(2)
  await expect(clock.moveTo(before)).rejects.toThrow('only goes forward')
})

test('a reset leaves the endpoints and settings given at start, and no rules', async () => {
  const { url, stripe } = await startEmulator({ webhookPace: 50, webhooks: [{ url: 'http://127.0.0.1:1/', secret }] })
  const control = createControl(url)
  await control.settings.change({ webhookPace: 7, rateLimit: 1000 })
  await control.chaos.add({ effect: 'drop' })
  await stripe.customers.create({})
  await control.reset()
  expect(await control.settings.read()).toMatchObject({ webhookPace: 50, rateLimit: null })
  expect(await control.chaos.list()).toEqual([])
  expect(await control.deliveries.list()).toEqual([])
  expect((await stripe.customers.list()).data).toEqual([])
  expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1)
})

test('after a roll both secrets sign, for as long as was said', async () => {
  const receiver = await startReceiver()
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const control = createControl(url)
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  const rolled = await control.endpoints.roll(endpoint?.id ?? '', { overlap: 3600 })
  await stripe.customers.create({})
  await until(() => receiver.received.length === 1)
  const signature = String(receiver.received[0]?.headers['stripe-signature'])
  expect(signature.match(/v1=/g)).toHaveLength(2)
  const payload = JSON.stringify(receiver.received[0]?.event, null, 2)
  expect(Stripe.webhooks.constructEvent(payload, signature, rolled)).toMatchObject({ type: 'customer.created' })
  await expect(control.endpoints.roll('we_none')).rejects.toThrow('No such webhook endpoint')
  await expect(control.endpoints.roll(endpoint?.id ?? '', { overlap: 86_401 })).rejects.toThrow('overlap')
})

test('after a roll without overlap the old secret signs no more', async () => {
  const receiver = await startReceiver()
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const [endpoint] = (await stripe.webhookEndpoints.list()).data
  await createControl(url).endpoints.roll(endpoint?.id ?? '')
  await stripe.customers.create({})
  await until(() => receiver.problems.length === 1)
  expect(receiver.problems[0]).toBeInstanceOf(Stripe.errors.StripeSignatureVerificationError)
})

test('deliveries are listed newest first and by what they are, and sent again one by one', async () => {
  const receiver = await startReceiver()
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver.url, secret }] })
  const { deliveries } = createControl(url)
  await stripe.customers.create({})
  await stripe.products.create({ name: 'Pro' })
  await until(() => receiver.received.length === 2)
  expect((await deliveries.list()).map(({ type }) => type)).toEqual(['product.created', 'customer.created'])
  await until(async () => (await deliveries.list({ status: 'delivered' })).length === 2)
  const [only] = await deliveries.list({ type: 'customer.*', status: 'delivered' })
  expect(only).toMatchObject({ type: 'customer.created', attempts: 1 })
  await deliveries.redeliver(only?.id ?? '')
  await until(() => receiver.received.length === 3)
  expect(receiver.received[2]?.event.id).toBe(only?.event)
  await until(async () => (await deliveries.list({ event: only?.event ?? '' }))[0]?.attempts === 2)
  await expect(deliveries.redeliver('dlv_none')).rejects.toThrow('No such delivery')
})

test('what is not there, not JSON, or sent by a page of another site is refused as JSON', async () => {
  const { url } = await startEmulator()
  const post = (path: string, init: RequestInit = {}) => fetch(`${url}/_control${path}`, { method: 'POST', ...init })
  const json = { 'content-type': 'application/json' }
  const answers = await Promise.all([
    post('/nothing'),
    post('/chaos', { headers: json, body: '{' }),
    post('/reset', { headers: { origin: 'https://elsewhere.test' } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 400, 403])
  for (const answer of answers) expect(await answer.json()).toHaveProperty('error.message')
  expect((await post('/reset')).status).toBe(200)
})

test('settings that a file of before did not know are what they are by default', async () => {
  const dataFile = `${await temporaryFolder()}/state.json`
  const settings = { clockOffset: 0, retries: { days: [1], then: 'cancel' }, upcomingDays: 3, webhookPace: 7 }
  await writeFile(dataFile, JSON.stringify({ version: 2, settings: [['account', settings]] }))
  const { url } = await startEmulator({ dataFile })
  expect(await createControl(url).settings.read()).toMatchObject({ webhookPace: 7, webhookConcurrency: 1 })
})
