import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { usageEntry } from '../src/schema.ts'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
import { usageDrift } from '../src/usage-drift.ts'
import { judge } from '../src/usage-settling.ts'
import { shipUsage } from '../src/usage-shipping.ts'
import { contextOf, countedBy, createBusiness, entriesOf } from './support/usage.ts'
import { createWorld, type Organization, type World } from './support/world.ts'

// Without workers: what is sent is sent by the test.
let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'http' })
  await syncCatalogue(contextOf(world))
})
afterEach(() => world.gate.clear())
afterAll(() => world.close())

const REPORT = 'POST /v1/billing/meter_events'

const shippedOf = async (organization: Organization) =>
  (await entriesOf(world, organization)).filter(({ shippedAt }) => shippedAt !== null).length
const ship = ({ id }: Organization) => shipUsage.run({ organizationId: id }, contextOf(world))

/** Makes everything that was tried, or shipped, have been so many hours ago. */
function hoursPass({ id }: Organization, hours: number) {
  const ago = sql`${hours} * interval '1 hour'`
  return contextOf(world)
    .db.update(usageEntry)
    .set({
      triedAt: sql`${usageEntry.triedAt} - ${ago}`,
      shippedAt: sql`${usageEntry.shippedAt} - ${ago}`,
    })
    .where(eq(usageEntry.organizationId, id))
}

/** Has an entry sent with the answer lost, and never sent again, for more than a day. */
async function createDoubtful(verdict: 'lose' | 'cut') {
  const business = await createBusiness(world)
  world.gate.judge = (request) => (request === REPORT ? verdict : 'pass')
  await business.client.recordUsage({ meterId: 'tasks', quantity: 7 })
  await expect(ship(business)).rejects.toMatchObject({ code: 'unavailable' })
  await hoursPass(business, 24)
  return business
}

describe('what was sent longer ago than Stripe knows an identifier, and never answered', () => {
  it('is not sent again where it had arrived', async () => {
    const business = await createDoubtful('lose')
    expect((await usageDrift(business.id, contextOf(world)))[0]).toMatchObject({ theirs: 7, ours: 0, differs: true })
    world.gate.clear()
    await ship(business)
    expect(world.gate.requests).not.toContain(REPORT)
    expect(await shippedOf(business)).toBe(1)
    expect(await countedBy(world, business.customerId)).toBe(7)
  })

  it('is sent again where it had not', async () => {
    const business = await createDoubtful('cut')
    expect((await usageDrift(business.id, contextOf(world)))[0]).toMatchObject({ theirs: 0, differs: true })
    world.gate.clear()
    await ship(business)
    expect(await shippedOf(business)).toBe(1)
    expect(await countedBy(world, business.customerId)).toBe(7)
  })

  it('stays, and is shown as drift, where nobody can tell', async () => {
    const business = await createDoubtful('cut')
    const [entry] = await entriesOf(world, business)
    // Somebody charged them for something of the same minute at Stripe's own desk.
    await world.stripe.billing.meterEvents.create({
      event_name: 'lightpress_tasks',
      timestamp: Math.floor(entry!.usedAt.getTime() / 1000),
      payload: { stripe_customer_id: business.customerId, value: '5' },
    })
    world.gate.clear()
    await ship(business)
    expect(world.gate.requests).not.toContain(REPORT)
    expect((await usageDrift(business.id, contextOf(world)))[0]).toMatchObject({ waiting: 7, theirs: 5, differs: true })
    const old = new Date(entry!.usedAt.getTime() - 36 * 86_400_000)
    await contextOf(world).db.update(usageEntry).set({ usedAt: old }).where(eq(usageEntry.id, entry!.id))
    await world.stripe.billing.meters.list()
    await ship(business)
    expect((await entriesOf(world, business))[0]).toMatchObject({ shippedAt: null })
  })
})

describe('by what Stripe has counted in a minute', () => {
  const now = new Date('2027-05-05T12:00:00Z')
  const hoursAgo = (hours: number) => new Date(now.getTime() - hours * 3_600_000)
  const doubtful = [{ id: 'a', quantity: 5, triedAt: hoursAgo(30), shippedAt: null }]
  const shipped = { id: 'b', quantity: 5, triedAt: hoursAgo(30), shippedAt: hoursAgo(30) }
  const verdict = (theirs: number, others: object[] = []) =>
    judge({ theirs, doubtful, all: [...doubtful, ...(others as (typeof shipped)[])], now })

  it('what is doubtful has arrived, was lost, or stays unclear', () => {
    expect([verdict(5), verdict(0), verdict(3)]).toEqual(['arrived', 'lost', 'unclear'])
    expect([verdict(10, [shipped]), verdict(5, [shipped]), verdict(0, [shipped])]).toEqual([
      'arrived',
      'lost',
      'unclear',
    ])
  })

  it('nothing is decided while others of the minute may not be in the sum, or may', () => {
    const lately = { ...shipped, shippedAt: hoursAgo(0.5) }
    const unanswered = { ...shipped, triedAt: hoursAgo(1), shippedAt: null }
    expect([verdict(5, [lately]), verdict(5, [unanswered])]).toEqual(['unclear', 'unclear'])
    expect(verdict(5, [{ ...shipped, triedAt: null, shippedAt: null }])).toBe('arrived')
  })
})
