import { billing as contract } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { createControl } from '@lightpress/stripe-emulator'
import { nightly, until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { beginReconciliation, reconcile, reconcileCommand } from '../src/reconcile.ts'
import { beginRun, forgetRuns } from '../src/reconcile-runs.ts'
import { customer, drift, invoice, reconciliation, subscription } from '../src/schema.ts'
import { syncCatalogue } from '../src/stripe/catalogue.ts'
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
let ctx: BillingContext

beforeAll(async () => {
  world = await createWorld()
  ctx = world.app.contextFor('billing') as never
  await syncCatalogue(ctx)
})
afterEach(async () => {
  world.gate.clear()
  world.post.holding = false
  await createControl(world.gate.upstream).chaos.clear()
})
afterAll(() => world.close())

describe('webhooks that were lost', { timeout: 60_000 }, () => {
  it('are noted one by one, and what they told of is known', async () => {
    const organization = newOrganization(world)
    const lost = await losing(async () => {
      await subscribe(organization)
      await world.stripe.subscriptions.update(await subscriptionOf(organization), { cancel_at_period_end: true })
    })
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free' })
    const { id, outcome } = await run()
    expect(await organization.client.getSubscription()).toMatchObject({
      planId: 'pro',
      status: 'active',
      cancelAtPeriodEnd: true,
    })
    const found = await driftOf(id, organization)
    const missed = found.filter(({ what }) => what === 'webhook.lost')
    expect(missed.map(({ stripeId }) => stripeId).sort()).toEqual(await concerning(lost, organization))
    expect(found).toContainEqual(
      expect.objectContaining({ what: 'subscription.unknown', ours: null, theirs: 'active' }),
    )
    expect(found.filter(({ repairedAt }) => repairedAt === null)).toEqual([])
    expect(outcome?.lostWebhooks).toBeGreaterThanOrEqual(missed.length)
  })

  it('and come after all change nothing, and are lost only once', async () => {
    const organization = newOrganization(world)
    await losing(() => subscribe(organization))
    const letters = [...world.post.held]
    await run()
    for (const letter of letters) expect((await world.post.deliver(letter)).status).toBe(200)
    await untilQuiet(world)
    const { id } = await run()
    expect(await driftOf(id, organization)).toEqual([])
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'pro', status: 'active' })
  })
})

describe('what differs', { timeout: 60_000 }, () => {
  it('is nothing when webhooks came', async () => {
    const organization = await subscribed()
    const { id, outcome } = await run()
    expect(await driftOf(id, organization)).toEqual([])
    expect(outcome?.compared).toBeGreaterThan(0)
  })

  it('in our rows by hand is noted with both sides and repaired', async () => {
    const organization = await subscribed()
    const mine = eq(subscription.organizationId, organization.id)
    await ctx.db.update(subscription).set({ seats: 99, status: 'canceled' }).where(mine)
    await ctx.db
      .update(invoice)
      .set({ total: 1 as never, status: 'open' })
      .where(eq(invoice.organizationId, organization.id))
    const { id } = await run()
    const found = await driftOf(id, organization)
    expect(found.map(({ what, ours, theirs }) => [what, ours, theirs]).sort()).toEqual([
      ['invoice.status', 'open', 'paid'],
      ['invoice.total', '1', '3600'],
      ['subscription.seats', '99', '3'],
      ['subscription.status', 'canceled', 'active'],
    ])
    for (const { repairedAt } of found) expect(repairedAt).not.toBeNull()
    expect(await organization.client.getSubscription()).toMatchObject({ status: 'active', seats: 3 })
    expect((await organization.client.listInvoices()).items).toMatchObject([
      { status: 'paid', total: { amount: 3600 } },
    ])
  })

  it('is found where a row is missing, and where there is one too many', async () => {
    const [without, many] = [await subscribed(), await subscribed()]
    await ctx.db.delete(subscription).where(eq(subscription.organizationId, without.id))
    await ctx.db.delete(invoice).where(eq(invoice.organizationId, without.id))
    const [real] = await ctx.db.select().from(invoice).where(eq(invoice.organizationId, many.id))
    await ctx.db
      .insert(invoice)
      .values({ ...(real as NonNullable<typeof real>), id: newId(), stripeInvoiceId: `in_${newId()}`, status: 'draft' })
    const { id } = await run()
    expect((await driftOf(id, without)).map(({ what }) => what).sort()).toEqual([
      'invoice.unknown',
      'subscription.unknown',
    ])
    expect(await driftOf(id, many)).toMatchObject([{ what: 'invoice.gone', ours: 'draft', theirs: null }])
    expect((await driftOf(id, many))[0]?.repairedAt).not.toBeNull()
    expect(await without.client.getSubscription()).toMatchObject({ planId: 'pro' })
  })

  it('because a webhook is still on its way is no drift, and is read all the same', async () => {
    const organization = await subscribed()
    const control = createControl(world.gate.upstream)
    const held = await control.chaos.add({ effect: 'delay', milliseconds: 20_000 })
    await world.stripe.subscriptions.update(await subscriptionOf(organization), { cancel_at_period_end: true })
    const { id } = await run()
    expect(await driftOf(id, organization)).toEqual([])
    expect(await organization.client.getSubscription()).toMatchObject({ cancelAtPeriodEnd: true })
    await control.chaos.remove(held.id)
    await untilQuiet(world)
  })

  it('because the customer was deleted by hand ends the plan, and is said once', async () => {
    const organization = await subscribed()
    const stripeCustomerId = await customerOf(organization)
    await losing(() => world.stripe.customers.del(stripeCustomerId))
    const { id } = await run()
    const found = await driftOf(id, organization)
    expect(found).toContainEqual(
      expect.objectContaining({ what: 'customer.gone', ours: stripeCustomerId, repairedAt: null }),
    )
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free' })
    const again = await run()
    expect(await driftOf(again.id, organization)).toEqual([])
  })

  it('about somebody who pays and is nobody here is said, and left as it is', async () => {
    const organizationId = newId()
    const { id: stripeCustomerId } = await world.stripe.customers.create({ metadata: { organizationId } })
    const made = await subscribeAtDesk(stripeCustomerId)
    const { id } = await run()
    const found = await ctx.db.select().from(drift).where(eq(drift.reconciliationId, id))
    expect(found.filter((row) => row.stripeCustomerId === stripeCustomerId)).toMatchObject([
      { what: 'customer.unknown', stripeId: made, organizationId, ours: null, theirs: 'pro active', repairedAt: null },
    ])
    expect((await world.stripe.subscriptions.retrieve(made)).status).toBe('active')
    await world.stripe.subscriptions.cancel(made)
  })
})

describe('with Stripe', { timeout: 300_000 }, () => {
  it('busy, a run goes on where it was', async () => {
    const organization = await differing()
    let busy = 3
    world.gate.judge = (request) => (request.startsWith('GET /v1/invoices') && (busy -= 1) >= 0 ? 429 : 'pass')
    const { id } = await run()
    expect(busy).toBeLessThan(0)
    expect(await driftOf(id, organization)).toMatchObject([{ what: 'subscription.seats' }])
  })

  it('away, it is tried again later, as the same run', async () => {
    const organization = await differing()
    const { id } = await beginRun(ctx, {})
    world.gate.judge = (request) => (request.startsWith('GET /v1/customers') ? 500 : 'pass')
    await expect(reconcile(id, ctx)).rejects.toMatchObject({ code: 'unavailable' })
    expect(await beginReconciliation(ctx)).toBe(id)
    world.gate.clear()
    expect(await reconcile(id, ctx)).toMatchObject({ drifts: 1, repaired: 1 })
    expect(await driftOf(id, organization)).toMatchObject([{ what: 'subscription.seats' }])
    // It is over: once more is nothing.
    expect(await reconcile(id, ctx)).toBeUndefined()
  })

  it('failing for one customer, the others are compared', async () => {
    const [poor, other] = [await differing(), await differing()]
    const schedule = await world.stripe.subscriptionSchedules.create({ from_subscription: await subscriptionOf(poor) })
    await untilQuiet(world)
    await ctx.db.update(subscription).set({ seats: 99 }).where(eq(subscription.organizationId, poor.id))
    await ctx.db.update(subscription).set({ seats: 99 }).where(eq(subscription.organizationId, other.id))
    world.gate.judge = (request) => (request.includes(schedule.id) ? 500 : 'pass')
    const { id } = await run()
    expect(await driftOf(id, poor)).toEqual([])
    expect(await driftOf(id, other)).toMatchObject([{ what: 'subscription.seats' }])
    world.gate.clear()
    const again = await run()
    expect(await driftOf(again.id, poor)).toMatchObject([{ what: 'subscription.seats' }])
  })
})

describe('of several runs', () => {
  it('one is at work, whoever asks and how many at once', async () => {
    const operator = world.app.as(contract, { operator: true })
    world.gate.judge = () => new Promise(() => {})
    const ids = await Promise.all(Array.from({ length: 8 }, async () => (await operator.startReconciliation()).id))
    expect(new Set(ids).size).toBe(1)
    expect(await reconcileCommand.run({ args: [] }, ctx)).toContain(ids[0])
    world.gate.clear()
    await until(
      async () => (await runOf(ids[0] as string))?.finishedAt,
      (finishedAt) => finishedAt instanceof Date,
      { timeout: 60_000 },
    )
  })

  it('one that was killed does not keep the next from beginning, and ends when it comes to life', async () => {
    const { id: dead } = await beginRun(ctx, {})
    expect((await beginRun(ctx, {})).id).toBe(dead)
    const old = sql`now() - interval '16 minutes'`
    await ctx.db.update(reconciliation).set({ aliveAt: old }).where(eq(reconciliation.id, dead))
    const { id, begun } = await beginRun(ctx, {})
    expect([id === dead, begun]).toEqual([false, true])
    expect(await reconcile(dead, ctx)).toBeUndefined()
    expect((await runOf(dead))?.finishedAt).toBeNull()
    expect(await reconcile(id, ctx)).toBeDefined()
    const { items } = await world.app.as(contract, { operator: true }).listReconciliations()
    expect(items.find((item) => item.id === dead)).toMatchObject({ state: 'broken_off', finishedAt: null })
    expect(items.find((item) => item.id === id)).toMatchObject({ state: 'finished' })
  })

  it('the command does one, and says what it found', async () => {
    await differing()
    expect(await reconcileCommand.run({ args: [] }, ctx)).toMatch(
      /^Subscriptions compared: \d+\. Differences: 1\. Repaired of them: 1\.\n1 × subscription\.seats\nOperators see/,
    )
    await expect(reconcileCommand.run({ args: ['now'] }, ctx)).rejects.toThrow('takes no arguments')
  })

  it('those of three months ago are forgotten, with what they found', async () => {
    const { id } = await run()
    await ctx.db
      .update(reconciliation)
      .set({ startedAt: sql`now() - interval '91 days'` })
      .where(eq(reconciliation.id, id))
    const about = { id: newId(), reconciliationId: id, stripeCustomerId: 'cus_1', what: 'x.y', stripeId: 'x_1' }
    await ctx.db.insert(drift).values(about)
    await forgetRuns(ctx)
    expect(await runOf(id)).toBeUndefined()
    expect(await ctx.db.select().from(drift).where(eq(drift.id, about.id))).toEqual([])
  })
})

// The last one: whoever compares after it compares all of these, and reads all that was told of them.
describe('a run over many customers', { timeout: 300_000 }, () => {
  const customers = nightly ? 300 : 120

  it('takes as many requests as there are pages, whatever the number of customers', async () => {
    await losing(async () => {
      for (let n = 0; n < customers; n += 10) await Promise.all(Array.from({ length: 10 }, customerAtDesk))
    })
    const first = await run()
    const { rows } = await ctx.db.execute<{ n: number }>(
      sql`select count(*)::int as n from billing.subscription where seats = 7 and status = 'active'`,
    )
    expect(rows[0]?.n).toBe(customers)
    expect(first.outcome?.compared).toBeGreaterThanOrEqual(customers)
    expect(first.outcome?.repaired).toBe((first.outcome?.drifts ?? 0) - (await openIn(first.id)))
    await untilQuiet(world)
    world.gate.requests = []
    const second = await run()
    expect(second.outcome).toMatchObject({ drifts: 0 })
    expect(world.gate.requests.length).toBeLessThan(60)
  })
})

async function run() {
  const { id, begun } = await beginRun(ctx, {})
  expect(begun).toBe(true)
  return { id, outcome: await reconcile(id, ctx) }
}

async function subscribed(): Promise<Organization> {
  const organization = newOrganization(world)
  await subscribe(organization)
  await untilActive(organization)
  await untilQuiet(world)
  return organization
}

/** One whose row says another number of seats than Stripe. */
async function differing(): Promise<Organization> {
  const organization = await subscribed()
  await ctx.db.update(subscription).set({ seats: 99 }).where(eq(subscription.organizationId, organization.id))
  return organization
}

/** Does something whose webhooks Stripe believes to be delivered, and nobody gets; answers their ids. */
async function losing(act: () => Promise<unknown>): Promise<string[]> {
  await untilQuiet(world)
  world.post.holding = true
  world.post.held = []
  await act()
  // Hundreds of customers are thousands of webhooks.
  await createControl(world.gate.upstream).deliveries.settled()
  await untilQuiet(world)
  world.post.holding = false
  return world.post.held.map(({ body }) => (JSON.parse(body) as { id: string }).id)
}

/** Those of them that say that something of this customer's changed. */
async function concerning(ids: readonly string[], organization: Organization): Promise<string[]> {
  const whose = await customerOf(organization)
  const events = await Promise.all(ids.map((id) => world.stripe.events.retrieve(id)))
  const kinds =
    /^(checkout\.session|customer\.subscription|subscription_schedule|invoice|customer\.discount)\.|^customer\.updated$/
  return events
    .filter(
      ({ type, data }) =>
        kinds.test(type) &&
        [data.object].some(
          (o) => (o as { customer?: string }).customer === whose || (o as { id?: string }).id === whose,
        ),
    )
    .map(({ id }) => id)
    .sort()
}

async function customerAtDesk(): Promise<void> {
  const { id: stripeCustomerId } = await world.stripe.customers.create({})
  await ctx.db.insert(customer).values({ organizationId: newId(), stripeCustomerId })
  await subscribeAtDesk(stripeCustomerId)
}

async function subscribeAtDesk(stripeCustomerId: string): Promise<string> {
  const { id: card } = await world.stripe.paymentMethods.attach('pm_card_visa', { customer: stripeCustomerId })
  const { data } = await world.stripe.prices.list({ lookup_keys: ['pro_month'] })
  const made = await world.stripe.subscriptions.create({
    customer: stripeCustomerId,
    items: [{ price: data[0]?.id as string, quantity: 7 }],
    default_payment_method: card,
    // So many are wanted whoever is there: nobody makes fewer of them meanwhile.
    metadata: { minimumSeats: '7' },
  })
  return made.id
}

async function driftOf(reconciliationId: string, { id }: Organization) {
  const rows = await ctx.db.select().from(drift).where(eq(drift.reconciliationId, reconciliationId))
  return rows.filter(({ organizationId }) => organizationId === id)
}

async function openIn(id: string): Promise<number> {
  const rows = await ctx.db.select().from(drift).where(eq(drift.reconciliationId, id))
  return rows.filter(({ repairedAt }) => repairedAt === null).length
}

async function runOf(id: string) {
  return (await ctx.db.select().from(reconciliation).where(eq(reconciliation.id, id)))[0]
}

async function customerOf({ id }: Organization): Promise<string> {
  const [row] = await ctx.db.select().from(customer).where(eq(customer.organizationId, id))
  return row?.stripeCustomerId as string
}

async function subscriptionOf(organization: Organization): Promise<string> {
  const { data } = await world.stripe.subscriptions.list({ customer: await customerOf(organization) })
  return data[0]?.id as string
}
