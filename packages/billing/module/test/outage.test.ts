import { kernelTables } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { askAgain } from '../src/schedules.ts'
import { checkout, customer } from '../src/schema.ts'
import { createWorld, newOrganization, pay, toldAbout, untilActive, untilQuiet, type World } from './support/world.ts'

let world: World
let ctx: BillingContext

beforeAll(async () => {
  // Ten attempts are over soon.
  world = await createWorld({ RETRY_DELAY: '1' })
  ctx = world.app.contextFor('billing') as unknown as BillingContext
})
afterAll(() => world.close())

it('a payment while Stripe is away for longer than all attempts is found afterwards', { timeout: 60_000 }, async () => {
  const organization = newOrganization(world)
  const { url } = await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  // Looking at the checkout would find it as well; here nobody looks.
  await ctx.db.update(checkout).set({ checkAt: null })
  world.gate.judge = () => 'cut'
  expect((await pay(url)).status).toBe(303)
  await untilQuiet(world)
  const asked = await jobs()
  expect(asked.map(({ state }) => state)).toEqual(asked.map(() => 'dead'))
  expect(asked).not.toHaveLength(0)

  world.gate.clear()
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(asked.length)

  await elevenMinutesPass()
  await askAgain(ctx)
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(asked.length + 1)
  await untilActive(organization)
  const told = await toldAbout(world, organization)
  expect(told.filter(({ type }) => type === 'billing.invoice.paid.v1')).toHaveLength(1)

  await elevenMinutesPass()
  await askAgain(ctx)
  expect(await jobs()).toHaveLength(asked.length + 1)
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
