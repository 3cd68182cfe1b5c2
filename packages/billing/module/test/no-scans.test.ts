import { billing as contract } from '@lightpress/billing-contract'
import type { Operation } from '@lightpress/protocol'
import { createScanCheck, explain, nightly } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { askAgain, schedules } from '../src/schedules.ts'
import { customer, invoice, subscription } from '../src/schema.ts'
import { usageDrift } from '../src/usage-drift.ts'
import { shipUsage } from '../src/usage-shipping.ts'
import { takeEvent } from '../src/webhooks.ts'
import { fill, idOf, kinds } from './scale/fill.ts'
import { begin, contextOf, type Standing } from './support/standing.ts'
import { withKey } from './support/usage.ts'
import { createWorld, newOrganization, type World } from './support/world.ts'

// No query reads a table from its beginning, and none reads more than its answer is worth, however many there are of
// everything: every statement of every operation and schedule is explained as it is sent.

const size = { customers: nightly ? 200_000 : 10_000, others: nightly ? 400_000 : 40_000, most: 4_000 }

let world: World
let big: Standing
beforeAll(async () => {
  world = await createWorld({ ROLES: 'http' })
  big = await begin(world, { planId: 'business', interval: 'month' })
  await fill(size, { organizationId: big.id, stripeCustomerId: big.customerId }, contextOf(world))
}, 300_000)
afterAll(() => world.close())

const limit = 25
const cursorOf = (...key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
const longAgo = new Date(Date.now() - 30 * 86_400_000).toISOString()

/**
 * Rows that a statement may look at: of one thing; of a page, each with what is told of it; of a page of each type of event;
 * of all that one customer has, where that is added up or looked through; of a page of runs, each with what it found,
 * which is counted; of a day; of what is behind, as far as it is taken at once.
 */
const bounds = {
  one: 50,
  page: 20 * (limit + 1),
  types: 4 * kinds.length * (limit + 1),
  customer: 2 * size.most,
  runs: 2 * (size.most + (limit + 1) * (size.others / 100 + 100)),
  day: size.others / 30,
  backlog: 2_000,
}
type Question = [keyof typeof bounds, Record<string, unknown>]

const statuses = [undefined, 'active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'canceled']
const plans = [undefined, 'free', 'pro', 'business']
const outcomes = [undefined, 'read', 'waiting', 'ignored']
const types = [undefined, 'invoice.', 'invoice.paid', 'customer.subscription.deleted', 'payment_intent.', 'nothing.']

/** What each operation is asked, by an owner of the customer with the most of everything, who is an operator. */
const questions: Record<string, () => Question[]> = {
  getSubscription: () => [['one', {}]],
  getEntitlements: () => [['one', {}]],
  readEntitlements: () => [['one', { organizationId: big.id }]],
  listInvoices: () => [
    ['page', { limit }],
    ['page', { limit, cursor: cursorOf(longAgo, idOf('invoice', 2_000)) }],
  ],
  getNextInvoice: () => [['one', {}]],
  getUsage: () => [['page', {}]],
  recordUsage: () => [['one', { meterId: 'tasks', quantity: 1 }]],
  openPortal: () => [['one', {}]],
  previewChange: () => [['one', { planId: 'business', interval: 'year' }]],
  changeSubscription: () => [['customer', { planId: 'business', interval: 'year' }]],
  cancelSubscription: () => [['customer', {}]],
  resumeSubscription: () => [['customer', {}]],
  listAccounts: () =>
    statuses.flatMap((status) =>
      plans.flatMap((planId): Question[] => [
        ['page', { limit, status, planId }],
        ['page', { limit, status, planId, cursor: cursorOf(idOf('organization', size.customers / 2)) }],
      ]),
    ),
  readAccount: () => [['page', { organizationId: big.id }]],
  convergeNow: () => [['customer', { organizationId: big.id }]],
  listStripeEvents: () =>
    types.flatMap((type) =>
      outcomes.flatMap((outcome): Question[] => [
        ['types', { limit, type, outcome }],
        ['types', { limit, type, outcome, cursor: cursorOf(longAgo, 'evt_') }],
        ['customer', { limit, type, outcome, organizationId: big.id }],
      ]),
    ),
  replayStripeEvent: () => [['one', { id: 'evt_4717' }]],
  listReconciliations: () => [
    ['runs', { limit }],
    ['runs', { limit, cursor: cursorOf(idOf('reconciliation', 50)) }],
  ],
  startReconciliation: () => [['page', {}]],
  readOutboxStates: () => [['page', { ids: [idOf('event', 2_000), idOf('event', 2_001)] }]],
  readQueues: () => [['page', {}]],
  listDeadLetters: () => [
    ['page', { limit }],
    ['page', { limit, cursor: cursorOf(longAgo, idOf('event', 2_000), 'users') }],
  ],
  replayDeadLetters: () => [
    ['page', {}],
    ['one', { letters: [{ id: idOf('event', 2_003), listener: 'users' }] }],
  ],
  readTrail: () =>
    [null, { at: longAgo, id: idOf('invoice', 2_000) }].flatMap((before) =>
      [
        { kind: 'person', id: idOf('person', 1) },
        { kind: 'organization', id: big.id },
        { kind: 'request', id: 'request-4711' },
      ].map((about): Question => ['page', { about, before, limit: limit + 1 }]),
    ),
  describeErasure: () => [['customer', { subjects: [{ kind: 'organization', id: big.id }] }]],
}

function ask(name: string, input: Record<string, unknown>): Promise<unknown> {
  const operation = contract.operations[name as keyof typeof contract.operations] as Operation
  const identity = { organizationId: big.id, role: 'owner' as const, operator: true }
  const { app } = world
  const client = operation.path === undefined ? app.callAs('users', contract) : app.as(contract, identity)
  return (client as unknown as Client)[name]!(input)
}
type Client = Record<string, (input: unknown) => Promise<unknown>>

const check = createScanCheck('billing', bounds, () => contextOf(world).db)

/** Of everybody, and of what is not in the database. */
const elsewhere = ['listPlans', 'readDeliveryStates']
/** Of whoever is nobody yet, of an organisation that ends, and of Stripe: asked below, or once in its life. */
const apart = ['startCheckout', 'stripeWebhook', 'exportData', 'releaseData', 'eraseData']

describe(`with ${size.customers} customers and ${size.others} of what they have`, () => {
  it('every operation of the contract is asked here', () => {
    const names = Object.keys(contract.operations).filter((name) => ![...elsewhere, ...apart].includes(name))
    expect(Object.keys(questions).sort()).toEqual(names.sort())
  })

  it.each(Object.entries(questions))('%s scans nothing', async (name, asked) => {
    const faults: string[] = []
    for (const [bound, input] of asked()) {
      const runs = await explain(() => ask(name, input), contextOf(world))
      expect(runs.length, 'statements').toBeGreaterThan(0)
      faults.push(...(await check(runs, bound, `${name} ${JSON.stringify(input)}`)))
    }
    expect(faults).toEqual([])
  })

  it('a checkout scans nothing', async () => {
    const { client } = newOrganization(world)
    const runs = await explain(() => client.startCheckout({ planId: 'pro', interval: 'month' }), contextOf(world))
    expect(await check(runs, 'one', 'startCheckout')).toEqual([])
  })

  it('whoever owes something, with many invoices, scans nothing', async () => {
    const ctx = contextOf(world)
    const owes = { status: 'past_due' as const, pastDueSince: new Date() }
    await ctx.db.update(subscription).set(owes).where(eq(subscription.organizationId, big.id))
    await ctx.db
      .update(invoice)
      .set({ stripeSubscriptionId: big.subscriptionId })
      .where(eq(invoice.organizationId, big.id))
    const runs = await explain(() => ask('getSubscription', {}), ctx)
    expect(runs).toHaveLength(2)
    expect(await check(runs, 'one', 'getSubscription')).toEqual([])
  })

  it('a webhook scans nothing', async () => {
    const event = {
      ...{ id: 'evt_new', type: 'invoice.paid', createdAt: new Date(), customerId: big.customerId },
      ...{ ignoredBecause: null, live: false },
    }
    const ctx = contextOf(world)
    const runs = await explain(() => ctx.withTx((tx) => takeEvent(tx, event)), ctx)
    expect(await check(runs, 'one', 'takeEvent')).toEqual([])
  })

  it('what is used is told Stripe without a scan', async () => {
    const payload = { organizationId: big.id }
    const ctx = contextOf(world)
    const runs = await explain(() => shipUsage.run(payload, ctx), ctx)
    expect(await check(runs, 'customer', 'shipUsage')).toEqual([])
  })

  it('what is used is compared with Stripe, and found by its key, without a scan', async () => {
    const ctx = contextOf(world)
    expect(await check(await explain(() => usageDrift(big.id, ctx), ctx), 'customer', 'usageDrift')).toEqual([])
    const client = withKey(world, big, 'again')
    const record = () => client.recordUsage({ meterId: 'tasks', quantity: 1 })
    await record()
    expect(await check(await explain(record, ctx), 'one', 'recordUsage, again')).toEqual([])
  })

  it.each(schedules.map(({ name, run }) => [name, run] as const))(
    'the schedule %s scans nothing',
    async (name, run) => {
      const ctx = contextOf(world)
      const runs = await explain(() => run(ctx), ctx)
      expect(await check(runs, name === 'forget-events' ? 'day' : 'backlog', name)).toEqual([])
    },
  )

  it('in an outage, when everybody is behind, what waits is found and asked for again without a scan', async () => {
    const ctx = contextOf(world)
    await ctx.db.update(customer).set({ appliedSequence: 9, requestedAt: sql`now() - interval '1 hour'` })
    const listed = await explain(() => ask('listStripeEvents', { limit, outcome: 'waiting' }), ctx)
    expect(await check(listed, 'backlog', 'listStripeEvents')).toEqual([])
    const asked = await explain(() => askAgain(ctx), ctx)
    expect(await check(asked, 'backlog', 'askAgain')).toEqual([])
  })
})
