import { billing as contract, type Entitlements, type Subscription } from '@lightpress/billing-contract'
import { minorUnits } from '@lightpress/billing-contract/money'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { convergeNow } from '../src/converge.ts'
import { entitlementsOf, findEntitlements } from '../src/entitlements.ts'
import { GRACE } from '../src/grace.ts'
import { plans } from '../src/plans.ts'
import { customer, subscription } from '../src/schema.ts'
import { createWorld, newOrganization, subscribe, untilActive, untilQuiet, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const free = entitlementsOf('free')

function read(organizationId: string) {
  return world.app.callAs('users', contract).readEntitlements({ organizationId })
}

/** An organisation with a subscription as Stripe last told of it. */
async function createSubscribed(planId: 'pro' | 'business', status: Subscription['status']) {
  const organizationId = newId()
  const { db } = world.app.contextFor('billing')
  await db.insert(customer).values({ organizationId, stripeCustomerId: `cus_${organizationId}` })
  await db.insert(subscription).values({
    ...{ organizationId, stripeSubscriptionId: `sub_${organizationId}`, planId, status, interval: 'month', seats: 3 },
    ...{ unitAmount: minorUnits(1200), currency: 'usd', currentPeriodEnd: new Date(), cancelAtPeriodEnd: false },
  })
  return organizationId
}

describe('what an organisation is entitled to', () => {
  it('is the free plan for whoever never paid, known to us or not', async () => {
    expect(await read(newId())).toEqual(free)
    const { id, client } = newOrganization(world)
    await client.startCheckout({ planId: 'pro', interval: 'month', seats: 3 })
    expect(await read(id)).toEqual(free)
  })

  it('has no limit of people once they have paid', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    expect(await read(organization.id)).toMatchObject({ planId: 'pro', limits: { members: null } })
  })

  it.each(['active', 'trialing', 'past_due'] as const)('is what they have while it is %s', async (status) => {
    for (const planId of ['pro', 'business'] as const)
      expect(await read(await createSubscribed(planId, status))).toEqual(entitlementsOf(planId))
  })

  it.each(['unpaid', 'incomplete', 'canceled'] as const)('is the free plan when it is %s', async (status) => {
    expect(await read(await createSubscribed('pro', status))).toEqual(free)
  })

  it('is of that organisation alone', async () => {
    await createSubscribed('business', 'active')
    expect(await read(newId())).toEqual(free)
  })

  it('is for other modules, and nobody else', async () => {
    const response = await fetch(`${world.app.baseUrl}/internal/billing/readEntitlements`, { method: 'POST' })
    expect(response.status).toBe(404)
  })
})

describe('whoever remembers what an organisation is entitled to', () => {
  it('hears within a moment that it is something else, in every process', async () => {
    const organization = newOrganization(world)
    const another = await world.app.startAnother({ ROLES: 'http' })
    const readThere = () =>
      another.invoke(
        { from: 'users', to: contract, operation: 'readEntitlements', input: { organizationId: organization.id } },
        another.contextFor('billing'),
      ) as Promise<Entitlements>
    try {
      expect([await read(organization.id), await readThere()]).toEqual([free, free])
      await subscribe(organization)
      await untilActive(organization)
      // Well within the thirty seconds for which nobody would ask again by themselves.
      await until(readThere, ({ planId }) => planId === 'pro', { timeout: 5_000 })
      expect(await read(organization.id)).toMatchObject({ planId: 'pro' })
    } finally {
      await another.close()
    }
  })

  it('is told nothing when nothing of it changed', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await untilQuiet(world)
    const dropped: unknown[] = []
    const stop = world.app.contextFor('billing').signals.on('call-cache', (message) => dropped.push(message))
    const ctx = world.app.contextFor('billing') as unknown as BillingContext
    await convergeNow(organization.id, ctx)
    stop()
    expect(dropped).toEqual([])
  })
})

describe('the end of grace', () => {
  it('is in the very next answer that is not from memory, before anybody was told', async () => {
    const organizationId = await createSubscribed('pro', 'past_due')
    const { db } = world.app.contextFor('billing')
    const since = (ago: number) =>
      db
        .update(subscription)
        .set({ pastDueSince: new Date(Date.now() - ago) })
        .where(eq(subscription.organizationId, organizationId))
    const ctx = world.app.contextFor('billing') as unknown as BillingContext
    await since(GRACE - 60_000)
    expect(await findEntitlements(organizationId, ctx)).toEqual(entitlementsOf('pro'))
    await since(GRACE)
    expect(await findEntitlements(organizationId, ctx)).toEqual(free)
  })

  it('is by the time of Stripe where that is ahead', async () => {
    const organizationId = await createSubscribed('pro', 'past_due')
    const ctx = world.app.contextFor('billing') as unknown as BillingContext
    const now = new Date()
    await ctx.db.update(subscription).set({ pastDueSince: now }).where(eq(subscription.organizationId, organizationId))
    expect(await findEntitlements(organizationId, ctx)).toEqual(entitlementsOf('pro'))
    const clockAt = new Date(now.getTime() + GRACE)
    await ctx.db.update(customer).set({ clockAt }).where(eq(customer.organizationId, organizationId))
    expect(await findEntitlements(organizationId, ctx)).toEqual(free)
  })
})

it('the catalogue says how many people the free plan is for', () => {
  const [plan] = plans
  expect(plan).toMatchObject({ id: 'free', features: expect.arrayContaining(['Up to 5 people']) as string[] })
})
