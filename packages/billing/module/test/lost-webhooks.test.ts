import { createControl } from '@lightpress/stripe-emulator'
import { until } from '@lightpress/testing'
import { and, eq, lt } from 'drizzle-orm'
import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import { reconcile } from '../src/reconcile.ts'
import { beginRun } from '../src/reconcile-runs.ts'
import { customer, drift, subscription } from '../src/schema.ts'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
import { begin, contextOf, type Standing } from './support/standing.ts'
import { createWorld, untilQuiet, webhookSecret, type World } from './support/world.ts'

// Stripe tries for three days to bring what was refused, and says of each event whether somebody is still to get it.

let world: World
beforeAll(async () => {
  world = await createWorld()
  await syncCatalogue(contextOf(world))
})
afterEach(async () => {
  vi.useRealTimers()
  const { deliveries } = createControl(world.gate.upstream)
  for (const { id } of await deliveries.list({ status: 'failed' })) await deliveries.redeliver(id)
})
afterAll(() => world.close())

it('are late within an hour: what they tell of is read, and is no drift', async () => {
  const standing = await subscribed()
  const late = await losing(() => cancel(standing))
  expect(late.length).toBeGreaterThan(0)
  expect(await compare(standing)).toEqual([])
  expect(await standing.client.getSubscription()).toMatchObject({ cancelAtPeriodEnd: true })
  await bring(late)
  expect(await compare(standing)).toEqual([])
})

it('are lost after an hour, each noted once, and come too late then', async () => {
  const standing = await subscribed()
  const late = await losing(() => cancel(standing))
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 })
  const found = await compare(standing)
  const missed = found.filter(({ what }) => what === 'webhook.lost').map(({ stripeId }) => stripeId)
  expect(missed.sort()).toEqual(late.map(({ id }) => id).sort())
  expect(found).toContainEqual(expect.objectContaining({ what: 'subscription.cancelAtPeriodEnd', theirs: 'true' }))
  vi.useRealTimers()
  await bring(late)
  expect(await compare(standing)).toEqual([])
})

it('excuse nothing where they came here, and another endpoint has not got them', async () => {
  const standing = await subscribed()
  const late = await losing(() => cancel(standing))
  await bring(late)
  const mine = eq(subscription.organizationId, standing.id)
  await contextOf(world).db.update(subscription).set({ seats: 99 }).where(mine)
  expect(await compare(standing)).toMatchObject([{ what: 'subscription.seats', ours: '99', theirs: '3' }])
})

async function subscribed(): Promise<Standing> {
  const standing = await begin(world, { planId: 'pro', interval: 'month', seats: 3 })
  await untilQuiet(world)
  return standing
}

function cancel({ subscriptionId }: Standing) {
  return world.stripe.subscriptions.update(subscriptionId, { cancel_at_period_end: true })
}

/** Does something whose webhooks are refused by whoever they are for; answers their events. */
async function losing(act: () => Promise<unknown>): Promise<Stripe.Event[]> {
  const { chaos, deliveries } = createControl(world.gate.upstream)
  const rule = await chaos.add({ effect: 'drop' })
  await act()
  await deliveries.settled()
  await chaos.remove(rule.id)
  const { data } = await world.stripe.events.list({ limit: 100 })
  return data.filter(({ pending_webhooks: pending }) => pending > 0)
}

/** Brings them here, of which Stripe hears nothing. */
async function bring(events: readonly Stripe.Event[]): Promise<void> {
  for (const event of events) {
    const body = JSON.stringify(event)
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: webhookSecret })
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature }
    expect((await fetch(world.webhookUrl, { method: 'POST', body, headers })).status).toBe(200)
  }
  await untilRead()
}

async function untilRead(): Promise<void> {
  const { db } = contextOf(world)
  await until(
    () => db.select().from(customer).where(lt(customer.appliedSequence, customer.dirtySequence)),
    (behind) => behind.length === 0,
  )
}

/** Compares everything; answers what was noted of this one. */
async function compare({ id: organizationId }: Standing) {
  const ctx = contextOf(world)
  const { id } = await beginRun(ctx, {})
  await reconcile(id, ctx)
  return ctx.db
    .select()
    .from(drift)
    .where(and(eq(drift.reconciliationId, id), eq(drift.organizationId, organizationId)))
}
