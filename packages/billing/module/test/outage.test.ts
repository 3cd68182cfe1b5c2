import { kernelTables, newId } from '@lightpress/kernel'
import { and, eq, lt, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { askAgain } from '../src/schedules.ts'
import { checkout, customer, subscription } from '../src/schema.ts'
import {
  createWorld,
  newOrganization,
  pay,
  subscribe,
  toldAbout,
  untilActive,
  untilQuiet,
  type World,
} from './support/world.ts'

let world: World
let ctx: BillingContext

beforeAll(async () => {
  // Ten attempts are over soon.
  world = await createWorld({ RETRY_DELAY: '1' })
  ctx = world.app.contextFor('billing') as unknown as BillingContext
})
afterAll(() => world.close())

it('a payment while Stripe is away for longer than all attempts is found afterwards', async () => {
  const organization = newOrganization(world)
  const { url } = await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  // Looking at the checkout would find it as well; here nobody looks.
  await ctx.db.update(checkout).set({ checkAt: null })
  await untilQuiet(world)
  const before = (await jobs()).map(({ id }) => id)
  world.gate.judge = () => 'cut'
  expect((await pay(url)).status).toBe(303)
  await untilQuiet(world)
  const asked = (await jobs()).filter(({ id }) => !before.includes(id))
  expect(asked.map(({ state }) => state)).toEqual(asked.map(() => 'dead'))
  expect(asked).not.toHaveLength(0)

  world.gate.clear()
  const all = before.length + asked.length
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(all)

  await elevenMinutesPass()
  await askAgain(ctx)
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(all + 1)
  await untilActive(organization)
  const told = await toldAbout(world, organization)
  expect(told.filter(({ type }) => type === 'billing.invoice.paid.v1')).toHaveLength(1)

  await elevenMinutesPass()
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(all + 1)
})

it('a subscription that was written by a version that kept less is read again', async () => {
  const organization = newOrganization(world)
  await subscribe(organization)
  await untilActive(organization)
  await untilQuiet(world)
  const mine = eq(subscription.organizationId, organization.id)
  await ctx.db.update(subscription).set({ currentPeriodStart: null }).where(mine)
  await elevenMinutesPass()
  await askAgain(ctx)
  await untilQuiet(world)
  const [row] = await ctx.db.select().from(subscription).where(mine)
  expect(row?.currentPeriodStart).toBeInstanceOf(Date)
})

it('of very many who are behind those who wait longest are asked about first', async () => {
  const idle = await createWorld({ ROLES: 'http' })
  try {
    const { db } = idle.app.contextFor('billing')
    const many = Array.from({ length: 250 }, (_, at) => ({
      organizationId: newId(),
      stripeCustomerId: `cus_${at}`,
      dirtySequence: 1,
      requestedAt: new Date(Date.now() - (at + 11) * 60_000),
    }))
    await db.insert(customer).values(many)
    const waiting = () =>
      db
        .select({ id: customer.stripeCustomerId })
        .from(customer)
        .where(lt(customer.requestedAt, sql`now() - interval '10 minutes'`))
    await askAgain(idle.app.contextFor('billing') as never)
    expect((await waiting()).map(({ id }) => id).toSorted()).toEqual(
      many
        .slice(0, 50)
        .map(({ stripeCustomerId }) => stripeCustomerId)
        .toSorted(),
    )
    await askAgain(idle.app.contextFor('billing') as never)
    expect(await waiting()).toEqual([])
  } finally {
    await idle.close()
  }
})

/** The jobs that read a customer, and how they ended. */
function jobs() {
  const { outbox, inbox } = kernelTables('billing')
  return ctx.db
    .select({ id: outbox.id, state: inbox.state })
    .from(outbox)
    .leftJoin(inbox, eq(inbox.id, outbox.id))
    .where(and(eq(outbox.kind, 'job'), eq(outbox.type, 'converge')))
}

async function elevenMinutesPass(): Promise<void> {
  await ctx.db.update(customer).set({ requestedAt: sql`${customer.requestedAt} - interval '11 minutes'` })
}
