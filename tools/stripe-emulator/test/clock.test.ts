import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { createControl } from '../src/index.ts'
import type { State } from '../src/state/state.ts'
import { changeFile, day, newYear, on, payer } from './clock-harness.ts'
import { createCheckout, createPlan, secret, startEmulator, temporaryFolder } from './harness.ts'

test('what is due by the account’s clock happens by itself, in the order of time', async () => {
  let now = Date.UTC(2026, 2, 15)
  const { stripe } = await startEmulator({ now: () => now })
  const later = await createCheckout(stripe, { expires_at: now / 1000 + 7200 })
  const sooner = await createCheckout(stripe, { expires_at: now / 1000 + 3600 })
  now += 86_400_000
  const { data } = await stripe.events.list({ type: 'checkout.session.expired' })
  expect(data.map((event) => [(event.data.object as { id: string }).id, event.created])).toEqual([
    [later.session.id, later.session.expires_at],
    [sooner.session.id, sooner.session.expires_at],
  ])
})

test('what came due while the stand-in was off happens at the next start, each at its own moment', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  let now = newYear * 1000
  const first = await startEmulator({ dataFile, now: () => now })
  const customer = await payer(first.stripe)
  const plan = await createPlan(first.stripe)
  await first.stripe.subscriptionSchedules.create({
    customer: customer.id,
    phases: [{ items: [{ price: plan.id }], duration: { interval: 'year' } }],
  })
  await first.close()

  now = on(3, 15) * 1000
  const second = await startEmulator({ dataFile, now: () => now })
  const { data } = await second.stripe.invoices.list({ customer: customer.id })
  expect(data.map(({ status, created }) => [status, created])).toEqual([
    ['paid', on(3, 1)],
    ['paid', on(2, 1)],
    ['paid', newYear],
  ])
})

test('the account’s clock is ahead after a restart as it was before', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const now = () => newYear * 1000
  const first = await startEmulator({ dataFile, now })
  await createControl(first.url).clock.moveTo(newYear + 40 * day)
  await first.close()
  const second = await startEmulator({ dataFile, now })
  expect((await second.stripe.customers.create()).created).toBe(newYear + 40 * day)
})

test('moving the account’s clock says what happened on the way', async () => {
  const { stripe, url } = await startEmulator({ now: () => newYear * 1000 })
  const customer = await payer(stripe)
  const plan = await createPlan(stripe)
  const schedule = await stripe.subscriptionSchedules.create({
    customer: customer.id,
    phases: [{ items: [{ price: plan.id }], duration: { interval: 'year' } }],
  })
  const { from, to, done } = await createControl(url).clock.moveTo(on(2, 2))
  expect([from, to]).toEqual([newYear, on(2, 2)])
  expect(done).toContainEqual({
    customer: customer.id,
    at: on(2, 1),
    what: `Renewal of ${String(schedule.subscription)}`,
  })
  expect(done.map(({ at }) => at)).toEqual(done.map(({ at }) => at).toSorted((a, b) => a - b))
})

test('the account’s clock does not go back', async () => {
  const { url } = await startEmulator({ now: () => newYear * 1000 })
  await expect(createControl(url).clock.moveTo(newYear - 1)).rejects.toThrow('only goes forward')
})

test('a moment that is meant in milliseconds is refused before anything moves, and so is one too far ahead', async () => {
  const { url, stripe } = await startEmulator({ now: () => newYear * 1000 })
  const { clock } = createControl(url)
  await expect(clock.moveTo(newYear * 1000)).rejects.toThrow('looks like milliseconds')
  await expect(clock.moveBy(11 * 366 * day)).rejects.toThrow('ten years at a time')
  expect((await clock.read()).now).toBe(newYear)
  expect((await stripe.customers.create()).created).toBe(newYear)
})

test('requests are answered while the account’s clock moves, at the time it has come to', async () => {
  const { url, stripe } = await startEmulator({ now: () => newYear * 1000 })
  const { clock } = createControl(url)
  const [customer, plan] = [await payer(stripe), await createPlan(stripe)]
  for (let count = 0; count < 8; count += 1) {
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }] })
  }
  const to = newYear + 730 * day
  let arrived = false
  const move = clock.moveTo(to).then(() => (arrived = true))
  const seen: number[] = []
  while (!arrived) seen.push((await stripe.products.create({ name: 'Meanwhile' })).created)
  await move
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(seen.some((moment) => moment > newYear && moment < to)).toBe(true)
  await expect(clock.moveTo(to)).rejects.toThrow('only goes forward')
})

test('a clock that is on its way takes no second order', async () => {
  const { url, stripe } = await startEmulator({ now: () => newYear * 1000 })
  const { clock } = createControl(url)
  const [customer, plan] = [await payer(stripe), await createPlan(stripe)]
  for (let count = 0; count < 8; count += 1) {
    await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }] })
  }
  const [first, second] = await Promise.allSettled([clock.moveBy(730 * day), clock.moveBy(731 * day)])
  expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('whoever gets a webhook of a settling move acts at that moment', async () => {
  const events: { created: number; now: number }[] = []
  let seen = async (_event: Stripe.Event): Promise<void> => undefined
  const receiver = await startSlowReceiver((event) => seen(event))
  const { url, stripe } = await startEmulator({ webhooks: [{ url: receiver, secret }], now: () => newYear * 1000 })
  const { clock } = createControl(url)
  const [customer, plan] = [await payer(stripe), await createPlan(stripe)]
  const subscription = await stripe.subscriptions.create({ customer: customer.id, items: [{ price: plan.id }] })
  seen = async (event) => {
    const { now } = await clock.read()
    events.push({ created: event.created, now })
    // A product that acts on time: the third period is the last.
    if (event.type === 'invoice.paid' && now >= on(3, 1)) await stripe.subscriptions.cancel(subscription.id)
  }
  await clock.moveTo(on(12, 1), { settle: true })
  expect(events.length).toBeGreaterThan(10)
  expect(events.filter(({ created, now }) => now !== created)).toEqual([])
  expect((await stripe.invoices.list()).data).toHaveLength(3)
})

test('the clock stands still when it is told to, moves when it is moved, and runs on from there', async () => {
  let now = newYear * 1000
  const dataFile = join(await temporaryFolder(), 'state.json')
  const first = await startEmulator({ dataFile, now: () => now })
  await createControl(first.url).clock.freeze()
  now += 5_000
  await first.close()
  const { url, stripe } = await startEmulator({ dataFile, now: () => now })
  const { clock } = createControl(url)
  expect((await stripe.customers.create()).created).toBe(newYear)
  await clock.moveBy(60)
  now += 5_000
  expect(await clock.read()).toEqual({ now: newYear + 60, frozen: true, failed: [] })
  expect(await clock.run()).toMatchObject({ now: newYear + 60, frozen: false })
  now += 5_000
  expect((await stripe.customers.create()).created).toBe(newYear + 65)
})

test('a clock that is given at start stands there, and again after a reset', async () => {
  const { url, stripe, reset } = await startEmulator({ clock: new Date('2026-01-01T00:00:00Z') })
  await createControl(url).clock.moveBy(day)
  expect((await stripe.customers.create()).created).toBe(newYear + day)
  await reset()
  expect(await createControl(url).clock.read()).toEqual({ now: newYear, frozen: true, failed: [] })
})

test('nothing happens before something that has happened already', async () => {
  const { url, stripe } = await startEmulator({ now: () => newYear * 1000 })
  const { clock } = createControl(url)
  const [customer, plan] = [await stripe.customers.create(), await createPlan(stripe)]
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: plan.id }],
    trial_period_days: 10,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  })
  await clock.moveTo(on(4, 15))
  await stripe.subscriptions.update(id, { cancel_at_period_end: true })
  await clock.moveBy(60)
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: 'canceled' })
  const moments = (await stripe.events.list({ limit: 100 })).data.map(({ created }) => created)
  expect(moments).toEqual(moments.toSorted((a, b) => b - a))
})

test('what fails stops the time of its customer alone, and is told once', async () => {
  const dataFile = join(await temporaryFolder(), 'state.json')
  const now = () => newYear * 1000
  const first = await startEmulator({ dataFile, now })
  const plan = await createPlan(first.stripe)
  const [broken, whole] = [await payer(first.stripe), await payer(first.stripe)]
  for (const { id } of [broken, whole]) {
    await first.stripe.subscriptions.create({ customer: id, items: [{ price: plan.id }] })
  }
  await first.close()
  await changeFile(dataFile, breakFirstSubscription)

  const { url, stripe, logged } = await startEmulator({ dataFile, now })
  const { clock } = createControl(url)
  await clock.moveTo(on(2, 2))
  expect((await stripe.invoices.list({ customer: whole.id })).data).toHaveLength(2)
  expect((await stripe.invoices.list({ customer: broken.id })).data).toHaveLength(1)
  const { failed } = await clock.read()
  expect(failed.map(({ customer }) => customer)).toEqual([broken.id])
  await stripe.customers.list()
  expect(logged.filter((line) => line.includes(broken.id))).toHaveLength(1)
})

/** The price of its item is no longer recurring, which no request can bring about. */
function breakFirstSubscription({ subscriptions }: State): void {
  const [first] = subscriptions.values()
  const [item] = first?.items.data ?? []
  if (!item) throw new Error('there is no subscription')
  item.price.recurring = null
}

/** An endpoint that answers when it has done what the event asks of it. */
async function startSlowReceiver(handle: (event: Stripe.Event) => Promise<void>): Promise<string> {
  const server = createServer((request, response) => {
    void text(request)
      .then((body) => handle(JSON.parse(body) as Stripe.Event))
      .then(() => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
}
