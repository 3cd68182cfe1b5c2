import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createControl } from '../src/index.ts'
import { day, newYear, on, payer } from './clock-harness.ts'
import { createCheckout, createPlan, startEmulator, temporaryFolder } from './harness.ts'

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
