import { billing as contract } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { customer, drift, reconciliation, stripeEvent, subscription } from '../src/schema.ts'
import {
  createWorld,
  newOrganization,
  subscribe,
  untilActive,
  untilQuiet,
  type Organization,
  type World,
} from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => {
  world.gate.clear()
  world.post.holding = false
  world.users.away = false
})
afterAll(() => world.close())

const operator = () => world.app.as(contract, { operator: true })
const db = () => world.app.contextFor('billing').db

it('is for operators, and for nobody else', async () => {
  const { id, client } = newOrganization(world)
  const asked = [
    () => client.listAccounts(),
    () => client.readAccount({ organizationId: id }),
    () => client.convergeNow({ organizationId: id }),
    () => client.listStripeEvents(),
    () => client.replayStripeEvent({ id: 'evt_1' }),
    () => client.listReconciliations(),
    () => client.startReconciliation(),
  ]
  for (const ask of asked) await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
})

describe('accounts', { timeout: 60_000 }, () => {
  it('are listed page by page, newest first, each once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => account({})))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await operator().listAccounts({ limit: 2, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.items.map(({ organizationId }) => organizationId))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const all = await db().select({ id: customer.organizationId }).from(customer)
    expect(seen).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    )
  })

  it('are filtered by what is shown of them', async () => {
    const ids = {
      never: await account({}),
      pays: await account({ planId: 'pro', status: 'active' }),
      owes: await account({ planId: 'business', status: 'past_due' }),
      ended: await account({ planId: 'pro', status: 'canceled' }),
    }
    const found = async (filter: Record<string, unknown>) => {
      const { items } = await operator().listAccounts({ limit: 100, ...filter })
      for (const { subscription: shown } of items) {
        if ('status' in filter) expect(shown.status).toBe(filter.status)
        if ('planId' in filter) expect(shown.planId).toBe(filter.planId)
      }
      const listed = items.map(({ organizationId }) => organizationId)
      return Object.entries(ids).flatMap(([name, id]) => (listed.includes(id) ? [name] : []))
    }
    expect(await found({})).toEqual(['never', 'pays', 'owes', 'ended'])
    expect(await found({ status: 'active' })).toEqual(['never', 'pays'])
    expect(await found({ status: 'past_due' })).toEqual(['owes'])
    expect(await found({ status: 'canceled' })).toEqual(['ended'])
    expect(await found({ planId: 'free' })).toEqual(['never', 'ended'])
    expect(await found({ planId: 'pro' })).toEqual(['pays'])
    expect(await found({ planId: 'free', status: 'active' })).toEqual(['never'])
    expect(await found({ planId: 'business', status: 'active' })).toEqual([])
    expect(await found({ organizationId: ids.owes })).toEqual(['owes'])
  })

  it('have their names, and none while users is away', async () => {
    const organizationId = await account({})
    const named = () => operator().listAccounts({ organizationId })
    expect((await named()).items).toMatchObject([{ organizationName: 'Analytical Engines' }])
    world.users.away = true
    expect((await named()).items).toMatchObject([{ organizationId, organizationName: null }])
  })

  it('show their latest invoices and what was told of them', async () => {
    const organization = await subscribed()
    const { account: shown, invoices, events } = await operator().readAccount({ organizationId: organization.id })
    expect(shown).toMatchObject({ organizationId: organization.id, behind: false, subscription: { planId: 'pro' } })
    expect(invoices).toMatchObject([{ status: 'paid', total: { amount: 3600 } }])
    expect(events.map(({ type }) => type)).toContain('customer.subscription.created')
    expect(new Set(events.map(({ organizationId }) => organizationId))).toEqual(new Set([organization.id]))
    await expect(operator().readAccount({ organizationId: newId() })).rejects.toMatchObject({
      reason: 'billing.account_not_found',
    })
  })

  it('are read again now, and say what was different', async () => {
    const organization = await subscribed()
    const { id: organizationId } = organization
    await db().update(subscription).set({ seats: 9 }).where(eq(subscription.organizationId, organizationId))
    const { account: shown, differences } = await operator().convergeNow({ organizationId })
    expect(differences).toMatchObject([{ what: 'subscription.seats', ours: '9', theirs: '3' }])
    expect(shown.subscription.seats).toBe(3)
    expect((await operator().convergeNow({ organizationId })).differences).toEqual([])
    let changes = 3
    world.gate.judge = async (request): Promise<'pass'> => {
      if (request === 'GET /v1/subscriptions' && changes-- > 0)
        await db()
          .update(customer)
          .set({ dirtySequence: sql`${customer.dirtySequence} + 1` })
          .where(eq(customer.organizationId, organizationId))
      return 'pass'
    }
    expect(await operator().convergeNow({ organizationId })).toMatchObject({
      differences: null,
      account: { behind: false },
    })
    world.gate.judge = () => 500
    await expect(operator().convergeNow({ organizationId })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(operator().convergeNow({ organizationId: newId() })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('what Stripe told', { timeout: 60_000 }, () => {
  it('goes page by page, newest first, each once, though it came in the same moment', async () => {
    const mine = await told(7, { receivedAt: new Date('2026-05-05T05:05:05.005Z') })
    const older = await told(3, { receivedAt: new Date('2026-05-05T05:05:05.004Z') })
    for (const type of [undefined, 'test.kind.']) {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const at = { limit: 3, ...(cursor !== undefined && { cursor }), ...(type !== undefined && { type }) }
        const page = await operator().listStripeEvents(at)
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      const [theirs, rest] = [mine.toSorted().toReversed(), older.toSorted().toReversed()]
      expect(seen.filter((id) => mine.includes(id) || older.includes(id))).toEqual([...theirs, ...rest])
      expect(new Set(seen).size).toBe(seen.length)
    }
  })

  it('is found by the beginning of its type, and by organisation', async () => {
    const organization = await subscribed()
    const { id: organizationId } = organization
    const [other] = await told(1, { type: 'invoicex.paid' })
    const { items } = await operator().listStripeEvents({ type: 'invoice.', limit: 100 })
    expect(items.length).toBeGreaterThan(0)
    expect(items.every(({ type }) => type.startsWith('invoice.'))).toBe(true)
    expect(items.map(({ id }) => id)).not.toContain(other)
    const mine = (await operator().listStripeEvents({ type: 'invoice.', organizationId, limit: 100 })).items
    expect(mine.length).toBeGreaterThan(0)
    expect(mine.every((event) => event.organizationId === organizationId && event.type.startsWith('invoice.'))).toBe(
      true,
    )
    expect((await operator().listStripeEvents({ organizationId: newId() })).items).toEqual([])
  })

  it('is waiting until it is read, and read then; what concerns nobody is ignored, and why', async () => {
    const organizationId = await account({ dirty: 5, applied: 3 })
    const stripeCustomerId = await customerOf(organizationId)
    const at = { stripeCustomerId, type: 'outcome.test' }
    const [read] = await told(1, { ...at, sequence: 3 })
    const [waiting] = await told(1, { ...at, sequence: 4 })
    const [ignored] = await told(1, { type: 'outcome.test', ignoredBecause: 'other_kind' })
    // Of before it was kept: the customer says it.
    const [old] = await told(1, at)
    const [nobody] = await told(1, { type: 'outcome.test' })
    const outcomes = async (outcome?: 'read' | 'waiting' | 'ignored') => {
      const { items } = await operator().listStripeEvents({ type: 'outcome.', limit: 100, ...(outcome && { outcome }) })
      return new Map(items.map((event) => [event.id, event.outcome]))
    }
    expect(await outcomes()).toEqual(
      new Map([
        [nobody, 'ignored'],
        [old, 'waiting'],
        [ignored, 'ignored'],
        [waiting, 'waiting'],
        [read, 'read'],
      ]),
    )
    expect([...(await outcomes('waiting')).keys()].sort()).toEqual([old, waiting].sort())
    expect([...(await outcomes('read')).keys()]).toEqual([read])
    expect([...(await outcomes('ignored')).keys()]).toEqual([ignored])
    const { items } = await operator().listStripeEvents({ outcome: 'waiting', limit: 100 })
    expect(items.map(({ id }) => id)).toContain(waiting)
  })

  it('is read once more when an operator says so', async () => {
    const organization = await subscribed()
    const { events } = await operator().readAccount({ organizationId: organization.id })
    const [first] = events
    await db().update(subscription).set({ seats: 9 }).where(eq(subscription.organizationId, organization.id))
    const { event } = await operator().replayStripeEvent({ id: first?.id ?? '' })
    expect(event).toMatchObject({ id: first?.id, organizationId: organization.id, ignoredBecause: null })
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ seats: 3 })
    await expect(operator().replayStripeEvent({ id: 'evt_none' })).rejects.toMatchObject({
      reason: 'billing.event_not_found',
    })
  })

  it('of a customer who was not known then is read, once he is', async () => {
    const stripeCustomerId = `cus_${newId()}`
    const [early] = await told(1, { stripeCustomerId, ignoredBecause: 'unknown_customer' })
    const [foreign] = await told(1, { stripeCustomerId, ignoredBecause: 'other_mode' })
    const replay = async (id: string | undefined) => (await operator().replayStripeEvent({ id: id ?? '' })).event
    expect(await replay(early)).toMatchObject({ outcome: 'ignored', ignoredBecause: 'unknown_customer' })
    const organizationId = newId()
    await db().insert(customer).values({ organizationId, stripeCustomerId })
    expect(await replay(early)).toMatchObject({ outcome: 'waiting', ignoredBecause: null, organizationId })
    expect(await replay(foreign)).toMatchObject({ outcome: 'ignored', ignoredBecause: 'other_mode' })
  })
})

describe('comparisons', () => {
  it('are listed page by page, newest first, each with the first hundred of what it found and how many there were', async () => {
    const found = [2, 0, 120, 1]
    const runs: string[] = []
    for (const count of found) runs.push(await compared(count))
    const listed: unknown[] = []
    let cursor: string | undefined
    do {
      const page = await operator().listReconciliations({ limit: 3, ...(cursor !== undefined && { cursor }) })
      listed.push(...page.items.map(({ id, driftCount, drifts }) => [id, driftCount, drifts.map(({ ours }) => ours)]))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    const first = (count: number) => Array.from({ length: Math.min(count, 100) }, (_, n) => String(n))
    expect(listed).toEqual(runs.map((id, at) => [id, found[at] ?? 0, first(found[at] ?? 0)]).toReversed())
  })

  it('begin with what is not repaired, and say how much that is', async () => {
    const id = await compared(120)
    await db()
      .update(drift)
      .set({ repairedAt: new Date() })
      .where(and(eq(drift.reconciliationId, id), notInArray(drift.ours, ['7', '118'])))
    const run = (await operator().listReconciliations({ limit: 1 })).items[0]
    expect(run).toMatchObject({ id, driftCount: 120, openCount: 2 })
    expect(run?.drifts.slice(0, 4).map(({ ours }) => ours)).toEqual(['7', '118', '0', '1'])
    expect(run?.drifts).toHaveLength(100)
  })
})

async function subscribed(): Promise<Organization> {
  const organization = newOrganization(world)
  await subscribe(organization)
  await untilActive(organization)
  await untilQuiet(world)
  return organization
}

/** A customer as rows alone, whom Stripe need not know. */
async function account({
  planId,
  status,
  dirty = 0,
  applied = 0,
}: {
  planId?: 'pro' | 'business'
  status?: 'active' | 'past_due' | 'canceled'
  dirty?: number
  applied?: number
}): Promise<string> {
  const organizationId = newId()
  await db()
    .insert(customer)
    .values({ organizationId, stripeCustomerId: `cus_${newId()}`, dirtySequence: dirty, appliedSequence: applied })
  if (planId && status)
    await db()
      .insert(subscription)
      .values({
        organizationId,
        stripeSubscriptionId: `sub_${newId()}`,
        planId,
        status,
        seats: 1,
        currency: 'usd',
        currentPeriodEnd: new Date(Date.now() + 86_400_000),
        cancelAtPeriodEnd: false,
      })
  return organizationId
}

/** Events as rows alone; answers their ids. */
async function told(count: number, about: Partial<typeof stripeEvent.$inferInsert>): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({
    id: `evt_${newId()}`,
    type: 'test.kind.a',
    createdAt: new Date(),
    receivedAt: sql`clock_timestamp()`,
    ...about,
  }))
  await db().insert(stripeEvent).values(rows)
  return rows.map(({ id }) => id)
}

/** A comparison as rows alone, which found so much. */
async function compared(count: number): Promise<string> {
  const id = newId()
  await db().insert(reconciliation).values({ id, finishedAt: new Date() })
  const rows = Array.from({ length: count }, (_, n) => ({
    ...{ id: newId(), reconciliationId: id, stripeCustomerId: 'cus_1', what: 'subscription.seats' },
    ...{ stripeId: `sub_${n}`, ours: String(n), theirs: '0' },
  }))
  if (count > 0) await db().insert(drift).values(rows)
  return id
}

async function customerOf(organizationId: string): Promise<string> {
  const [row] = await db().select().from(customer).where(eq(customer.organizationId, organizationId))
  return row?.stripeCustomerId as string
}
