import { membershipChanged } from '@lightpress/users-contract'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { askAgain } from '../src/schedules.ts'
import { customer } from '../src/schema.ts'
import { createWorld, newOrganization, newOwner, untilQuiet, type Organization, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ ROLES: 'http,worker,relay' })
})
afterEach(() => {
  world.gate.clear()
  world.users.away = false
})
afterAll(() => world.close())

const grace = newOwner('Grace')
const mary = newOwner('Mary')

it('Stripe writes to the first owner, and to the next one once that one is out', async () => {
  const organization = await paying()
  expect(await contactOf(organization)).toMatchObject({ email: 'grace@example.com' })
  world.owners.set(organization.id, [mary])
  await leave(organization)
  expect(await contactOf(organization)).toMatchObject({ email: 'mary@example.com', name: 'Analytical Engines' })
  expect(JSON.stringify(await contactOf(organization))).not.toContain(grace.id)
})

it('to nobody, when there is no owner', async () => {
  const organization = await paying()
  world.owners.set(organization.id, [])
  await leave(organization)
  expect(await contactOf(organization)).toMatchObject({ email: null })
})

it('where the owner wanted it in the portal, for as long as they are the first', async () => {
  const organization = await paying()
  const { id } = await contactOf(organization)
  await world.stripe.customers.update(id, { email: 'invoices@example.com' })
  await leave(organization)
  expect(await contactOf(organization)).toMatchObject({ email: 'invoices@example.com' })
  world.owners.set(organization.id, [mary])
  await leave(organization)
  expect(await contactOf(organization)).toMatchObject({ email: 'mary@example.com' })
})

it('and not to who was it when somebody slow began to say so', async () => {
  const organization = await paying()
  world.owners.set(organization.id, [newOwner('Joan')])
  let passed = () => {}
  const held = new Promise<void>((resolve) => (passed = resolve))
  const arrived = new Promise<void>((resolve) => {
    world.gate.judge = async (request) => {
      if (request.startsWith('POST /v1/customers/')) {
        world.gate.judge = () => 'pass'
        resolve()
        await held
      }
      return 'pass' as const
    }
  })
  await say(organization)
  await arrived
  world.owners.set(organization.id, [mary])
  await say(organization)
  await until(
    () => contactOf(organization),
    ({ email }) => email === 'mary@example.com',
  )
  passed()
  await untilQuiet(world)
  expect(await contactOf(organization)).toMatchObject({ email: 'mary@example.com' })
})

it('is asked for again when Stripe was away for longer than a job lives', async () => {
  const organization = await paying()
  world.owners.set(organization.id, [mary])
  // As a job leaves it that was given up.
  const { db } = world.app.contextFor('billing')
  await db
    .update(customer)
    .set({ contactDueAt: sql`now() - interval '11 minutes'` })
    .where(eq(customer.organizationId, organization.id))
  await askAgain(world.app.contextFor('billing') as never)
  await untilQuiet(world)
  expect(await contactOf(organization)).toMatchObject({ email: 'mary@example.com' })
})

it('nothing is asked about an organisation that never wanted to pay', async () => {
  const organization = newOrganization(world)
  // What the ones before had set in motion.
  await untilQuiet(world)
  world.gate.clear()
  await leave(organization)
  expect(world.gate.requests).toEqual([])
})

/** An organisation of Grace's and then Mary's that is a customer. */
async function paying(): Promise<Organization> {
  const organization = newOrganization(world)
  world.owners.set(organization.id, [grace, mary])
  await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  world.gate.clear()
  return organization
}

/** Says that somebody left, and waits for what comes of it. */
async function leave(organization: Organization): Promise<void> {
  await say(organization)
  await untilQuiet(world)
}

async function say({ id }: Organization): Promise<void> {
  const gone = { userId: grace.id, change: 'left' as const, role: null, actorId: grace.id }
  expect(await world.app.deliver(membershipChanged, { organizationId: id, ...gone })).toMatchObject({ state: 'done' })
}

async function contactOf({ id }: Organization) {
  const { data } = await world.stripe.customers.list({ limit: 100 })
  const [found] = data.filter(({ metadata }) => metadata.organizationId === id)
  if (!found) throw new Error(`${id} is no customer`)
  return found
}
