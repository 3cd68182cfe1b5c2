import { billing as contract, type Entitlements, type Subscription } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plans } from '../src/plans.ts'
import { customer, subscription } from '../src/schema.ts'
import { createWorld, newOrganization, subscribe, untilActive, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const free: Entitlements = { planId: 'free', limits: { members: 5 } }

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
    ...{ unitAmount: 1200, currency: 'usd', currentPeriodEnd: new Date(), cancelAtPeriodEnd: false },
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
    expect(await read(organization.id)).toEqual({ planId: 'pro', limits: { members: null } })
  })

  it.each(['active', 'trialing', 'past_due', 'unpaid'] as const)('is what they have while it is %s', async (status) => {
    for (const planId of ['pro', 'business'] as const)
      expect(await read(await createSubscribed(planId, status))).toEqual({ planId, limits: { members: null } })
  })

  it.each(['incomplete', 'canceled'] as const)('is the free plan when it is %s', async (status) => {
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

it('the catalogue says how many people the free plan is for', () => {
  const [plan] = plans
  expect(plan).toMatchObject({ id: 'free', features: expect.arrayContaining(['Up to 5 people']) as string[] })
})
