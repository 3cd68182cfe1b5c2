import { billing as contract } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { convergeNow } from '../src/converge.ts'
import { lockCustomer } from '../src/customers.ts'
import { customer, subscription, usageDay, usageTotal } from '../src/schema.ts'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
import { contextOf, createBusiness, entriesOf, withKey } from './support/usage.ts'
import { createWorld, newOrganization, type Organization, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await syncCatalogue(contextOf(world))
})
afterAll(() => world.close())

const record = ({ client }: Organization, quantity: number) => client.recordUsage({ meterId: 'tasks', quantity })

async function usageOf({ client }: Organization) {
  const [usage] = (await client.getUsage()).items
  return usage!
}

function change({ id }: Organization, set: Partial<typeof subscription.$inferInsert>) {
  return contextOf(world).db.update(subscription).set(set).where(eq(subscription.organizationId, id))
}

/** So many record, each without a pause, while something else is done. */
async function whileRecording(organization: Organization, recorders: number, work: () => Promise<void>) {
  let answered = 0
  let over = false
  const recording = Array.from({ length: recorders }, async () => {
    while (!over) {
      await record(organization, 1).catch(requireLimit)
      answered += 1
    }
  })
  const untilAllRecord = until(
    () => answered,
    (count) => count > recorders,
  )
  await untilAllRecord.then(work).finally(() => {
    over = true
    return Promise.all(recording)
  })
}

function requireLimit(error: unknown) {
  expect(error).toMatchObject({ reason: 'billing.usage_limit' })
}

/** Milliseconds that it took. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

describe('what is used', () => {
  it('is counted up to the limit of the plan, all of it or none', async () => {
    const free = newOrganization(world)
    expect(await record(free, 60)).toMatchObject({ meterId: 'tasks', quantity: 60, used: 60, limit: 100 })
    await expect(record(free, 41)).rejects.toMatchObject({
      code: 'conflict',
      reason: 'billing.usage_limit',
      message: expect.stringContaining('60 are used: 41 more are too many. Choose a larger plan') as string,
    })
    expect(await record(free, 40)).toMatchObject({ used: 100 })
    expect(await usageOf(free)).toMatchObject({ used: 100, included: 100, metered: false, price: null, cost: null })
    expect(await entriesOf(world, free)).toHaveLength(2)
  })

  it('never goes beyond it, however many ask at once', async () => {
    const free = newOrganization(world)
    await record(free, 90)
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => record(free, 1)))
    const counted = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value.used] : []))
    expect(counted.toSorted((a, b) => a - b)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100])
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ reason: 'billing.usage_limit' })
    const { used, days } = await usageOf(free)
    expect([used, days.at(-1)?.quantity]).toEqual([100, 100])
  })

  it('has no limit where the plan charges for it, and what it costs is beyond what is included', async () => {
    const business = await createBusiness(world)
    expect(await record(business, 4_999)).toMatchObject({ used: 4_999, limit: null })
    expect(await usageOf(business)).toMatchObject({ included: 5_000, cost: { amount: 0, currency: 'usd' } })
    await record(business, 251)
    expect(await usageOf(business)).toMatchObject({
      used: 5_250,
      metered: true,
      price: { amount: 2, currency: 'usd' },
      cost: { amount: 500, currency: 'usd' },
    })
  })

  it('costs nothing in a trial', async () => {
    const business = await createBusiness(world, { status: 'trialing' })
    await record(business, 6_000)
    expect(await usageOf(business)).toMatchObject({ used: 6_000, metered: true, cost: null })
  })

  it('is refused where it is no number of units, and to whoever is no member', async () => {
    const free = newOrganization(world)
    for (const quantity of [0, -1, 1.5, 1_000_001])
      await expect(record(free, quantity)).rejects.toMatchObject({ code: 'invalid' })
    const nobody = world.app.as(contract, null)
    await expect(nobody.recordUsage({ meterId: 'tasks', quantity: 1 })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    expect(await entriesOf(world, free)).toEqual([])
  })

  it('is told by day, the last thirty, those without anything too', async () => {
    const free = newOrganization(world)
    await record(free, 3)
    await record(free, 4)
    const today = new Date().toISOString().slice(0, 10)
    const { days } = await usageOf(free)
    expect(days).toHaveLength(30)
    expect(days.at(-1)).toEqual({ date: today, quantity: 7 })
    expect(days.slice(0, -1).every(({ quantity }) => quantity === 0)).toBe(true)
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
    await contextOf(world).db.update(usageDay).set({ day: yesterday }).where(eq(usageDay.organizationId, free.id))
    await record(free, 5)
    expect((await usageOf(free)).days.slice(-2)).toEqual([
      { date: yesterday, quantity: 7 },
      { date: today, quantity: 5 },
    ])
  })
})

describe('under an Idempotency-Key', () => {
  const one = { meterId: 'tasks', quantity: 1 } as const

  it('it counts once, and the receipt stays the same whatever came after it', async () => {
    const free = newOrganization(world)
    const client = withKey(world, free, newId())
    const first = await client.recordUsage(one)
    await record(free, 99)
    expect(await client.recordUsage(one)).toEqual(first)
    expect(first).toMatchObject({ used: 1 })
    expect((await usageOf(free)).used).toBe(100)
  })

  it('it is one of the organisation: whoever sends it', async () => {
    const free = newOrganization(world)
    const key = newId()
    const answers = await Promise.all(Array.from({ length: 8 }, () => withKey(world, free, key).recordUsage(one)))
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect((await usageOf(free)).used).toBe(1)
    const other = newOrganization(world)
    expect((await withKey(world, other, key).recordUsage(one)).id).not.toBe(answers[0]?.id)
  })

  it('the last unit is spent once by two who send the same at once, and both have the receipt', async () => {
    const free = newOrganization(world)
    await record(free, 99)
    const key = newId()
    const answers = await Promise.all([1, 2, 3].map(() => withKey(world, free, key).recordUsage(one)))
    expect(answers.map(({ used }) => used)).toEqual([100, 100, 100])
  })

  it('another quantity is refused', async () => {
    const client = withKey(world, newOrganization(world), newId())
    await client.recordUsage(one)
    await expect(client.recordUsage({ ...one, quantity: 2 })).rejects.toMatchObject({
      code: 'conflict',
      reason: 'request.idempotency_key_reused',
    })
  })

  it('what was refused may be sent again', async () => {
    const free = newOrganization(world)
    await record(free, 100)
    const client = withKey(world, free, newId())
    await expect(client.recordUsage(one)).rejects.toMatchObject({ reason: 'billing.usage_limit' })
    await contextOf(world).db.delete(usageTotal).where(eq(usageTotal.organizationId, free.id))
    expect(await client.recordUsage(one)).toMatchObject({ used: 1 })
  })
})

describe('when the plan changes', () => {
  it('what was used before it charged is neither included nor charged', async () => {
    // A billing period that begins with the month: the same moment, and not the same count.
    const now = new Date()
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth()))
    const business = await createBusiness(world, { planId: 'pro', currentPeriodStart: month })
    await record(business, 50)
    await change(business, { planId: 'business' })
    expect(await record(business, 7)).toMatchObject({ used: 7, limit: null })
    const charged = (await entriesOf(world, business)).map(({ stripeCustomerId }) => stripeCustomerId)
    expect(charged).toEqual([null, business.customerId])
  })

  it('what was charged takes nothing of what the next plan allows', async () => {
    const business = await createBusiness(world)
    await record(business, 5_000)
    await change(business, { planId: 'pro' })
    expect(await record(business, 2_000)).toMatchObject({ used: 2_000, limit: 2_000 })
    await expect(record(business, 1)).rejects.toMatchObject({ reason: 'billing.usage_limit' })
    const charged = (await entriesOf(world, business)).map(({ stripeCustomerId }) => stripeCustomerId)
    expect(charged).toEqual([business.customerId, null])
  })

  it('whoever records waits for the reading that changes it', async () => {
    const business = await createBusiness(world)
    const [locked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const reading = contextOf(world).withTx(async (tx) => {
      await tx.select().from(customer).where(eq(customer.organizationId, business.id)).for('update')
      await tx.update(subscription).set({ status: 'canceled' }).where(eq(subscription.organizationId, business.id))
      locked.resolve()
      await held.promise
    })
    await locked.promise
    const recording = record(business, 101)
    await new Promise((resolve) => setTimeout(resolve, 100))
    held.resolve()
    await reading
    await expect(recording).rejects.toMatchObject({ reason: 'billing.usage_limit' })
  })

  it.each([
    ['what is charged', 'business', 0],
    ['what the plan does not allow any more', 'pro', 2_000],
  ] as const)(
    'the reading that changes it gets through, however many record without a pause: %s',
    async (_, planId, used) => {
      const business = await createBusiness(world, { planId })
      if (used > 0) await record(business, used)
      await whileRecording(business, 10, async () => {
        const lock = () => contextOf(world).withTx((tx) => lockCustomer(tx, business.id))
        const waited = [await timed(lock), await timed(lock), await timed(lock)]
        waited.push(await timed(() => convergeNow(business.id, contextOf(world))))
        // Milliseconds. Who is starved never gets there.
        expect(Math.max(...waited)).toBeLessThan(3_000)
      })
      // Stripe has no subscription of theirs.
      expect(await usageOf(business)).toMatchObject({ metered: false, included: 100 })
    },
  )

  it('nobody is charged once grace is over', async () => {
    const eightDaysAgo = new Date(Date.now() - 8 * 86_400_000)
    const business = await createBusiness(world, { status: 'past_due', pastDueSince: eightDaysAgo })
    expect(await record(business, 1)).toMatchObject({ limit: 100 })
    expect(await entriesOf(world, business)).toMatchObject([{ stripeCustomerId: null }])
  })
})

it('is dated by Stripe where its clock is ahead of ours', async () => {
  const business = await createBusiness(world)
  const ahead = new Date(Math.floor(Date.now() / 1000) * 1000 + 40 * 86_400_000)
  await contextOf(world).db.update(customer).set({ clockAt: ahead }).where(eq(customer.organizationId, business.id))
  await record(business, 1)
  expect(await entriesOf(world, business)).toMatchObject([{ usedAt: ahead }])
  expect((await usageOf(business)).days.at(-1)).toEqual({ date: ahead.toISOString().slice(0, 10), quantity: 1 })
})
