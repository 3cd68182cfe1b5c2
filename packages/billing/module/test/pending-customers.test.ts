import { billing as contract } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { askAgain } from '../src/schedules.ts'
import { customer, pendingCustomer } from '../src/schema.ts'
import type { Gate } from './support/gate.ts'
import { createWorld, newOrganization, untilQuiet, type Organization, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterEach(() => {
  world.gate.clear()
  world.users.away = false
})
afterAll(() => world.close())

const pro = { planId: 'pro', interval: 'month' } as const
const business = { planId: 'business', interval: 'month' } as const
const deleted = { name: 'customer at the payment provider', count: 1, outcome: 'deleted', because: null }
const withContact = { name: 'Analytical Engines', email: 'ada@example.com' }

type End = readonly [where: string, judge: Gate['judge']]

/** Where whoever makes a customer may end, before they have seen that the organisation is open, */
const early: End[] = [
  ['before Stripe is asked', (request) => (request === 'POST /v1/customers' ? 'cut' : 'pass')],
  ['after Stripe made it', (request) => (request === 'POST /v1/customers' ? 'lose' : 'pass')],
  [
    'before its place is sure',
    (request) => {
      world.users.away ||= request === 'POST /v1/customers'
      return 'pass'
    },
  ],
]
/** and after that. */
const late: End[] = [
  ['before its contact is read', (request) => (isOfCustomer('GET', request) ? 'cut' : 'pass')],
  ['before its contact is written', (request) => (isOfCustomer('POST', request) ? 'cut' : 'pass')],
  ['after its contact was written', (request) => (isOfCustomer('POST', request) ? 'lose' : 'pass')],
]

describe.each([...early, ...late])('who makes a customer, and ends %s,', (_, judge) => {
  it('leaves nobody at Stripe whom a release does not find', async () => {
    const organization = newOrganization(world)
    await endThere(organization, judge)
    await expectToGo(organization)
  })

  it('leaves nobody who was to take the place of one deleted by hand', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout(pro)
    for (const { id } of await customersOf(organization)) await world.stripe.customers.del(id)
    await endThere(organization, judge)
    await expectToGo(organization)
  })

  it('is followed by whoever asks again, with the same customer', async () => {
    const organization = newOrganization(world)
    await endThere(organization, judge)
    await organization.client.startCheckout(pro)
    expect(await customersOf(organization)).toMatchObject([withContact])
    expect(await rowsOf(organization)).toEqual({ known: 1, pending: 0 })
  })

  it('is followed by the clock, when nobody asks again', async () => {
    const organization = newOrganization(world)
    await endThere(organization, judge)
    await tenMinutesLater(organization)
    expect(await customersOf(organization)).toMatchObject([withContact])
    expect(await rowsOf(organization)).toEqual({ known: 1, pending: 0 })
  })
})

describe.each(early)('who makes a customer of a closed organisation, and ends %s,', (_, judge) => {
  it('leaves nobody between the release and the erasure', async () => {
    const organization = newOrganization(world)
    world.closed.add(organization.id)
    expect(await release(organization)).toEqual([])
    await endThere(organization, judge)
    await erase(organization)
    await untilQuiet(world)
    await expectNothing(organization)
  })

  it('leaves nobody after the erasure, either: the clock finds it', async () => {
    const organization = newOrganization(world)
    world.closed.add(organization.id)
    await release(organization)
    await erase(organization)
    await endThere(organization, judge)
    await tenMinutesLater(organization)
    await expectNothing(organization)
  })
})

it('is looked for at Stripe once its key may be forgotten there', async () => {
  const organization = newOrganization(world)
  await endThere(organization, (request) => (request === 'POST /v1/customers' ? 'lose' : 'pass'))
  const [made] = await customersOf(organization)
  await db()
    .update(pendingCustomer)
    .set({ createdAt: sql`now() - interval '2 days'` })
    .where(eq(pendingCustomer.organizationId, organization.id))
  await organization.client.startCheckout(pro)
  expect(world.gate.requests).toContain('GET /v1/customers/search')
  expect(world.gate.requests).not.toContain('POST /v1/customers')
  expect(await customersOf(organization)).toMatchObject([{ id: made?.id, ...withContact }])
})

const db = () => world.app.contextFor('billing').db
const asUsers = () => world.app.callAs('users', contract)
const subjectOf = ({ id }: Organization) => ({ kind: 'organization' as const, id })
const release = async (organization: Organization) =>
  (await asUsers().releaseData({ subject: subjectOf(organization) })).items
const erase = (organization: Organization) =>
  asUsers().eraseData({ subject: subjectOf(organization), erasureId: newId(), batch: 0 })

function isOfCustomer(method: string, request: string): boolean {
  return request.startsWith(`${method} /v1/customers/cus_`)
}

/** Wants to pay, and gets no further than that. */
async function endThere({ client }: Organization, judge: Gate['judge']): Promise<void> {
  world.gate.judge = judge
  await expect(client.startCheckout(business)).rejects.toMatchObject({ code: 'unavailable' })
  world.gate.clear()
  world.users.away = false
}

async function expectToGo(organization: Organization): Promise<void> {
  world.closed.add(organization.id)
  expect(await release(organization)).toContainEqual(deleted)
  await erase(organization)
  await expectNothing(organization)
}

async function expectNothing(organization: Organization): Promise<void> {
  expect(await customersOf(organization)).toEqual([])
  expect(await rowsOf(organization)).toEqual({ known: 0, pending: 0 })
}

async function customersOf({ id }: Organization) {
  const { data } = await world.stripe.customers.list({ limit: 100 })
  return data.filter(({ metadata }) => metadata.organizationId === id)
}

async function rowsOf({ id }: Organization) {
  return {
    known: await db().$count(customer, eq(customer.organizationId, id)),
    pending: await db().$count(pendingCustomer, eq(pendingCustomer.organizationId, id)),
  }
}

async function tenMinutesLater({ id }: Organization): Promise<void> {
  const before = sql`now() - interval '11 minutes'`
  await db().update(pendingCustomer).set({ requestedAt: before }).where(eq(pendingCustomer.organizationId, id))
  await db().update(customer).set({ contactDueAt: before }).where(eq(customer.organizationId, id))
  await askAgain(world.app.contextFor('billing') as never)
  await untilQuiet(world)
}
