import { kernelTables, newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { and, eq, isNotNull, sql, type SQL } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { lockCustomer } from '../src/customers.ts'
import { usageEntry, usageTotal } from '../src/schema.ts'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
import { usageDrift } from '../src/usage-drift.ts'
import { shipForgotten, shipUsage } from '../src/usage-shipping.ts'
import { contextOf, countedBy, createBusiness, entriesOf } from './support/usage.ts'
import { createWorld, type Organization, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await syncCatalogue(contextOf(world))
})
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const REPORT = 'POST /v1/billing/meter_events'

const record = ({ client }: Organization, quantity: number) => client.recordUsage({ meterId: 'tasks', quantity })
const shippedOf = async (organization: Organization) =>
  (await entriesOf(world, organization)).filter(({ shippedAt }) => shippedAt !== null).length

function untilShipped(organization: Organization, count: number) {
  return until(
    () => shippedOf(organization),
    (shipped) => shipped >= count,
  )
}

/** Runs the job here and now, as the worker would. */
const ship = ({ id }: Organization) => shipUsage.run({ organizationId: id }, contextOf(world))

async function jobsFor({ id }: Organization) {
  const { outbox } = kernelTables('billing')
  const mine = sql`${outbox.payload} ->> 'organizationId' = ${id}`
  return contextOf(world).db.$count(outbox, and(eq(outbox.type, 'ship-usage'), mine))
}

async function promisedTo({ id }: Organization) {
  const mine = and(eq(usageTotal.organizationId, id), isNotNull(usageTotal.shippingAskedAt))
  return (await contextOf(world).db.$count(usageTotal, mine)) > 0
}

describe('what is charged', () => {
  it('gets to Stripe once, dated when it was used', async () => {
    const business = await createBusiness(world)
    await record(business, 3)
    await record(business, 4)
    await untilShipped(business, 2)
    expect(await countedBy(world, business.customerId)).toBe(7)
    await ship(business)
    expect(await countedBy(world, business.customerId)).toBe(7)
    expect(await usageDrift(business.id, contextOf(world))).toMatchObject([
      { meterId: 'tasks', ours: 7, theirs: 7, waiting: 0, differs: false },
    ])
  })

  it('gets there one after the other, whatever is recorded meanwhile, and one promise is for all of it', async () => {
    const business = await createBusiness(world)
    let atOnce = 0
    let most = 0
    world.gate.judge = async (request): Promise<'pass'> => {
      if (request !== REPORT) return 'pass'
      most = Math.max(most, ++atOnce)
      await new Promise((resolve) => setTimeout(resolve, 80))
      atOnce--
      return 'pass'
    }
    await Promise.all(Array.from({ length: 40 }, () => record(business, 1)))
    await untilShipped(business, 1)
    // Another job would be there within the three seconds that these take.
    for (let at = 0; at < 5; at++) await record(business, 1)
    await untilShipped(business, 45)
    expect(await countedBy(world, business.customerId)).toBe(45)
    expect(await jobsFor(business)).toBe(2)
    expect(most).toBe(1)
  })

  it('is promised again by whoever records once all of it is there', async () => {
    const business = await createBusiness(world)
    for (const [at, quantity] of [3, 4].entries()) {
      await record(business, quantity)
      expect(await jobsFor(business)).toBe(at + 1)
      await untilShipped(business, at + 1)
      await until(
        () => promisedTo(business),
        (promised) => !promised,
      )
    }
  })

  it('is promised by whoever keeps the promise that somebody relies on who is not done yet', async () => {
    const business = await createBusiness(world)
    await record(business, 3)
    const [first] = await entriesOf(world, business)
    const [written, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const recording = contextOf(world).withTx(async (tx) => {
      await lockCustomer(tx, business.id)
      await tx.insert(usageEntry).values({ ...first!, id: newId(), quantity: 4 })
      written.resolve()
      await held.promise
    })
    await written.promise
    const shipping = ship(business)
    await untilShipped(business, 1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    held.resolve()
    await Promise.all([recording, shipping])
    expect(await promisedTo(business)).toBe(true)
    expect(await jobsFor(business)).toBeGreaterThan(1)
    await untilShipped(business, 2)
  })

  it('is dated when it was sent and when Stripe had it, however long those before it take', async () => {
    const business = await createBusiness(world)
    for (const quantity of [1, 2]) await record(business, quantity)
    const sent: number[] = []
    world.gate.judge = async (request): Promise<'pass'> => {
      if (request === REPORT) await new Promise((resolve) => setTimeout(resolve, 50)).then(() => sent.push(Date.now()))
      return 'pass'
    }
    await ship(business)
    const [first, second] = await entriesOf(world, business)
    expect(first!.shippedAt!.getTime()).toBeGreaterThanOrEqual(sent[0]!)
    expect(second!.triedAt!.getTime()).toBeGreaterThanOrEqual(sent[0]!)
    expect(second!.shippedAt!.getTime()).toBeGreaterThanOrEqual(sent[1]!)
  })

  it('of whoever is charged nothing, nothing gets there', async () => {
    const pro = await createBusiness(world, { planId: 'pro' })
    await record(pro, 5)
    await ship(pro)
    expect(world.gate.requests).not.toContain(REPORT)
    expect(await usageDrift(pro.id, contextOf(world))).toEqual([])
  })

  it('is recorded while Stripe is away, and arrives once when it is back', async () => {
    const business = await createBusiness(world)
    const ways = ['cut', 'lose', 500, 429] as const
    let at = 0
    world.gate.judge = (request) => (request === REPORT ? ways[at++ % ways.length]! : 'pass')
    for (const quantity of [1, 2, 3, 4]) await record(business, quantity)
    await expect(ship(business)).rejects.toMatchObject({ code: 'unavailable' })
    await record(business, 5)
    expect((await usageDrift(business.id, contextOf(world)))[0]).toMatchObject({ waiting: 15, differs: false })
    // One that is tried again, for all of it.
    expect(await jobsFor(business)).toBe(1)
    world.gate.clear()
    await untilShipped(business, 5)
    expect(await countedBy(world, business.customerId)).toBe(15)
  })

  it('is never sent a second time by two who ship at once', async () => {
    const business = await createBusiness(world)
    for (let at = 0; at < 10; at++) await record(business, 1)
    await Promise.all([ship(business), ship(business), ship(business)])
    expect(await shippedOf(business)).toBe(10)
    expect(await countedBy(world, business.customerId)).toBe(10)
  })
})

describe('what Stripe never takes', () => {
  it('does not stand in the way of the rest: a customer that is gone', async () => {
    const business = await createBusiness(world)
    world.gate.judge = (request) => (request === REPORT ? 503 : 'pass')
    await record(business, 1)
    await world.stripe.customers.del(business.customerId)
    const { db } = contextOf(world)
    const { id: other } = await world.stripe.customers.create({})
    await record(business, 2)
    const [, second] = await entriesOf(world, business)
    await db.update(usageEntry).set({ stripeCustomerId: other }).where(eq(usageEntry.id, second!.id))
    world.gate.clear()
    await ship(business)
    expect(await entriesOf(world, business)).toMatchObject([
      { shippedAt: null, abandonedBecause: 'customer_gone' },
      { shippedAt: expect.any(Date) as Date, abandonedBecause: null },
    ])
    expect(await countedBy(world, other)).toBe(2)
  })

  it.each([
    ['its customer', 'customer', 'customer_gone'],
    ['the customer in what it says', 'payload[stripe_customer_id]', 'customer_gone'],
    ['something else, and then it comes again', 'event_name', null],
  ])('ends only where what Stripe misses is %s', async (_, param, abandonedBecause) => {
    const business = await createBusiness(world)
    world.gate.judge = (request) =>
      request === REPORT ? { code: 'resource_missing', message: 'No such thing', param } : 'pass'
    await record(business, 1)
    const shipped = ship(business)
    if (abandonedBecause === null) await expect(shipped).rejects.toMatchObject({ code: 'resource_missing', param })
    else await shipped
    expect(await entriesOf(world, business)).toMatchObject([{ shippedAt: null, abandonedBecause }])
  })

  it('ends with a reason: what is older than 35 days', async () => {
    const business = await createBusiness(world)
    world.gate.judge = (request) => (request === REPORT ? 503 : 'pass')
    await record(business, 1)
    const old = new Date(Date.now() - 36 * 86_400_000)
    await contextOf(world).db.update(usageEntry).set({ usedAt: old }).where(eq(usageEntry.organizationId, business.id))
    world.gate.clear()
    await ship(business)
    expect(await entriesOf(world, business)).toMatchObject([{ shippedAt: null, abandonedBecause: 'too_old' }])
  })

  it('comes again where the refusal may be mended, and what is behind it goes on', async () => {
    const business = await createBusiness(world)
    const [meter] = (await world.stripe.billing.meters.list({ status: 'active' })).data
    await world.stripe.billing.meters.deactivate(meter!.id)
    await record(business, 1)
    await expect(ship(business)).rejects.toMatchObject({ code: 'archived_meter' })
    await syncCatalogue(contextOf(world))
    await ship(business)
    expect(await countedBy(world, business.customerId)).toBe(1)
  })
})

it('what is compared of a long period is no older than what Stripe still takes', async () => {
  const daysAgo = (days: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - days * 86_400_000)
  const business = await createBusiness(world, { interval: 'year', currentPeriodStart: daysAgo(300) })
  await record(business, 7)
  await untilShipped(business, 1)
  const [entry] = await entriesOf(world, business)
  const { db } = contextOf(world)
  // Of both Stripe knows nothing.
  await db.insert(usageEntry).values({ ...entry!, id: newId(), quantity: 100, usedAt: daysAgo(200) })
  expect(await usageDrift(business.id, contextOf(world))).toMatchObject([{ ours: 7, theirs: 7 }])
  await db.insert(usageEntry).values({ ...entry!, id: newId(), quantity: 10, usedAt: daysAgo(35) })
  expect(await usageDrift(business.id, contextOf(world))).toMatchObject([{ ours: 17, theirs: 7 }])
})

describe('what was recorded long ago', () => {
  const set = ({ id }: Organization, shippingAskedAt: SQL | null) =>
    contextOf(world).db.update(usageTotal).set({ shippingAskedAt }).where(eq(usageTotal.organizationId, id))

  it.each([
    ['an hour ago, is promised by the clock where nobody promises it', null, '61 minutes', 1],
    ['within the hour, is left to whoever recorded it', null, '59 minutes', 0],
    ['an hour ago, is left to the job that was promised', sql`now() - interval '23 hours'`, '61 minutes', 0],
    ['an hour ago, is promised anew after a day', sql`now() - interval '25 hours'`, '61 minutes', 1],
  ])('%s', async (_, askedAt, ago, promised) => {
    const business = await createBusiness(world)
    world.gate.judge = (request) => (request === REPORT ? 503 : 'pass')
    await record(business, 1)
    const usedAt = sql`now() - ${ago}::interval`
    await contextOf(world).db.update(usageEntry).set({ usedAt }).where(eq(usageEntry.organizationId, business.id))
    await set(business, askedAt)
    const before = await jobsFor(business)
    await shipForgotten(contextOf(world))
    await shipForgotten(contextOf(world))
    expect(await jobsFor(business)).toBe(before + promised)
  })
})
