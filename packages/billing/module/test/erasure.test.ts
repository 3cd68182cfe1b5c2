import { billing as contract } from '@lightpress/billing-contract'
import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { lockCustomer } from '../src/customers.ts'
import {
  change,
  checkout,
  customer,
  drift,
  invoice,
  reconciliation,
  stripeEvent,
  subscription,
  usageDay,
  usageEntry,
  usageTotal,
} from '../src/schema.ts'
import {
  createWorld,
  newOrganization,
  pay,
  subscribe,
  toldAbout,
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
})
afterAll(() => world.close())

const ended = [
  { name: 'subscriptions', count: 1, outcome: 'cancelled', because: null },
  { name: 'customer at the payment provider', count: 1, outcome: 'deleted', because: null },
]

const names = [
  'subscription',
  'invoices',
  'checkouts',
  'events of the payment provider',
  'changes of plan',
  'usage',
  'usage by period',
  'usage by day',
  'differences with the payment provider',
  'customer',
]
/** Sums of what is handed over, and what was found to differ from it. */
const unexported = ['usage by period', 'usage by day', 'differences with the payment provider']

it('what is paid for ends at once, and again is the same as once', async () => {
  const organization = await subscribed()
  const customerId = await customerOf(organization)
  world.closed.add(organization.id)
  expect(await release(organization)).toEqual(ended)
  expect(await release(organization)).toEqual(ended)
  expect(await liveAtStripe(customerId)).toEqual([])
  expect(await world.stripe.customers.retrieve(customerId)).toMatchObject({ deleted: true })
  // The law wants them, and Stripe has them.
  expect((await world.stripe.invoices.list({ customer: customerId })).data).toHaveLength(1)
})

it('a payment page that is open is closed', async () => {
  const organization = newOrganization(world)
  const { url } = await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  const customerId = await customerOf(organization)
  world.closed.add(organization.id)
  expect(await release(organization)).toContainEqual({ ...ended[0], name: 'open payment pages' })
  expect((await pay(url)).status).not.toBe(303)
  expect(await liveAtStripe(customerId)).toEqual([])
})

it('is not only what we sell: what was made by hand at Stripe ends, too', async () => {
  const organization = await subscribed()
  const customerId = await customerOf(organization)
  const [own] = (await world.stripe.subscriptions.list({ customer: customerId })).data
  const product = await world.stripe.products.create({ name: 'Support by hand' })
  const price = await world.stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 900,
    recurring: { interval: 'month' },
  })
  const item = own?.items.data[0]?.id as string
  const changed = { items: [{ id: item, price: price.id }], proration_behavior: 'none' as const }
  await world.stripe.subscriptions.update(own?.id as string, changed)
  world.closed.add(organization.id)
  expect(await release(organization)).toEqual(ended)
  expect(await liveAtStripe(customerId)).toEqual([])
})

it('goes on after an end anywhere on the way, lost answers included', async () => {
  for (const fault of ['cut', 'lose'] as const) {
    const organization = await subscribed()
    const customerId = await customerOf(organization)
    world.closed.add(organization.id)
    let rounds = 0
    for (let done = false; !done; rounds += 1) {
      const before = rounds
      let passed = 0
      // The SDK tries once more by itself, so a fault lasts.
      world.gate.judge = () => (passed++ < before ? 'pass' : fault)
      const answer = await release(organization).catch((error: unknown) => error)
      done = Array.isArray(answer)
      if (done) expect(answer).toEqual(ended)
      else expect(answer).toMatchObject({ code: 'unavailable', reason: 'billing.provider_unavailable' })
    }
    // Reading twice, cancelling, deleting, and looking whether it is so.
    expect(rounds).toBeGreaterThan(5)
    world.gate.clear()
    expect(await liveAtStripe(customerId)).toEqual([])
  }
})

it('nothing is left of an organisation, and late webhooks bring nothing back', async () => {
  const organization = await subscribed()
  const other = await subscribed()
  const customerId = await customerOf(organization)
  world.closed.add(organization.id)
  await untilQuiet(world)
  world.post.holding = true
  await release(organization)
  const held = (await describe(organization)).items.map(({ name, outcome }) => [name, outcome])
  expect(held).toEqual(names.map((name) => [name, 'deleted']))
  expect(await erase(organization)).toMatchObject({ done: true })
  expect(await rowsOf(organization, customerId)).toBe(0)
  const told = await toldAbout(world, organization)

  world.post.holding = false
  const late = world.post.held.filter(({ body }) => body.includes(customerId))
  expect(late.map(({ type }) => type)).toContain('customer.subscription.deleted')
  for (const letter of late) expect((await world.post.deliver(letter)).status).toBe(200)
  await untilQuiet(world)
  expect(await toldAbout(world, organization)).toEqual(told)
  // Stripe's own ids, of which nobody can say any more whose they were; they are forgotten after sixty days.
  const { db } = world.app.contextFor('billing')
  await db.delete(stripeEvent).where(eq(stripeEvent.stripeCustomerId, customerId))
  expect(await rowsOf(organization, customerId)).toBe(0)
  expect(await other.client.getSubscription()).toMatchObject({ planId: 'pro', status: 'active' })
})

it('whoever is about to pay meanwhile does not get to pay', async () => {
  const organization = newOrganization(world)
  await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  const customerId = await customerOf(organization)
  const arrived = holdBack('POST /v1/checkout/sessions')
  const paying = organization.client
    .startCheckout({ planId: 'business', interval: 'month' })
    .catch((error: unknown) => error)
  const goOn = await arrived
  world.closed.add(organization.id)
  await release(organization)
  goOn()
  expect(await paying).toMatchObject({ code: 'not_found' })
  expect(await liveAtStripe(customerId)).toEqual([])
})

it('whoever is about to become a customer meanwhile becomes none', async () => {
  const organization = newOrganization(world)
  const arrived = holdBack('POST /v1/customers')
  const paying = organization.client
    .startCheckout({ planId: 'pro', interval: 'month' })
    .catch((error: unknown) => error)
  const goOn = await arrived
  world.closed.add(organization.id)
  expect(await release(organization)).toEqual([ended[1]])
  await erase(organization)
  goOn()
  expect(await paying).toMatchObject({ code: 'not_found', reason: 'billing.organization_closed' })
  const { db } = world.app.contextFor('billing')
  expect(await db.$count(customer, eq(customer.organizationId, organization.id))).toBe(0)
  const left = await world.stripe.customers.list({ limit: 100 })
  expect(left.data.filter(({ metadata }) => metadata.organizationId === organization.id)).toEqual([])
})

it('waits for whoever is writing down what is new, and whoever is for it', async () => {
  const organization = await subscribed()
  world.closed.add(organization.id)
  await release(organization)
  await untilQuiet(world)
  const ctx = world.app.contextFor('billing')
  let begin = () => {}
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const writing = ctx.withTx(async (tx) => {
    await lockCustomer(tx, organization.id)
    begin()
    await until(
      () => ctx.db.execute(sql`select from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0`),
      ({ rows }) => rows.length > 0,
    )
    await tx.update(subscription).set({ seats: 4 }).where(eq(subscription.organizationId, organization.id))
    await tx.update(checkout).set({ checkAt: null }).where(eq(checkout.organizationId, organization.id))
  })
  await begun
  const [, erased] = await Promise.all([writing, erase(organization)])
  expect(erased).toMatchObject({ done: true })
})

it('is handed over page by page, without the address of a payment page', async () => {
  const organization = await subscribed()
  const parts: { name: string; rows: Record<string, unknown>[] }[] = []
  let cursor: string | null = null
  do {
    const page = await asUsers().exportData({ subject: subjectOf(organization), cursor })
    parts.push(...page.parts)
    cursor = page.nextCursor
  } while (cursor !== null)
  const counts = parts.map(({ name, rows }) => [name, rows.length > 0])
  expect(counts).toEqual(names.filter((name) => !unexported.includes(name)).map((name) => [name, true]))
  expect(parts.find(({ name }) => name === 'checkouts')?.rows[0]).toMatchObject({ organizationId: organization.id })
  expect(JSON.stringify(parts)).not.toContain('/pay/')
  expect(parts.flatMap(({ rows }) => rows).filter((row) => 'url' in row)).toEqual([])
})

it('holds nothing about people', async () => {
  const subject = { kind: 'person' as const, id: newId() }
  expect(await asUsers().releaseData({ subject })).toEqual({ items: [] })
  expect(await asUsers().describeErasure({ subjects: [subject] })).toEqual({ items: [] })
})

const asUsers = () => world.app.callAs('users', contract)
const subjectOf = ({ id }: Organization) => ({ kind: 'organization' as const, id })
const describe = (organization: Organization) => asUsers().describeErasure({ subjects: [subjectOf(organization)] })
const release = async (organization: Organization) =>
  (await asUsers().releaseData({ subject: subjectOf(organization) })).items
const erase = (organization: Organization) =>
  asUsers().eraseData({ subject: subjectOf(organization), erasureId: newId(), batch: 0 })

async function subscribed(): Promise<Organization> {
  const organization = newOrganization(world)
  await subscribe(organization)
  await untilActive(organization)
  await untilQuiet(world)
  await addHistory(organization)
  return organization
}

/** What years leave behind: a change of plan, what was used, what a comparison found. */
async function addHistory({ id: organizationId }: Organization): Promise<void> {
  const { db } = world.app.contextFor('billing')
  const [at, later] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')]
  await db.insert(change).values({ ...{ id: newId(), organizationId }, planId: 'pro', interval: 'year', prorateAt: at })
  const meterId = 'tasks' as const
  const used = { organizationId, meterId, periodStart: at, used: 3, charged: false }
  await db.insert(usageEntry).values({ ...used, id: newId(), quantity: 3, usedAt: at, periodEnd: later })
  await db.insert(usageTotal).values(used)
  await db.insert(usageDay).values({ organizationId, meterId, day: '2026-01-01', used: 3 })
  const reconciliationId = newId()
  await db.insert(reconciliation).values({ id: reconciliationId })
  const found = { reconciliationId, organizationId, stripeCustomerId: `cus_${organizationId}`, stripeId: 'sub_1' }
  await db.insert(drift).values({ ...found, id: newId(), what: 'subscription.status' })
}

async function customerOf({ id }: Organization): Promise<string> {
  const { db } = world.app.contextFor('billing')
  const [row] = await db.select().from(customer).where(eq(customer.organizationId, id))
  return row?.stripeCustomerId as string
}

/** What of a customer could still take money. */
async function liveAtStripe(id: string): Promise<string[]> {
  const subscriptions = await world.stripe.subscriptions.list({ customer: id })
  const sessions = await world.stripe.checkout.sessions.list({ customer: id, status: 'open' })
  return [...subscriptions.data, ...sessions.data].map((found) => found.id)
}

async function rowsOf({ id }: Organization, customerId: string): Promise<number> {
  const { db } = world.app.contextFor('billing')
  const counts = await Promise.all([
    ...[subscription, invoice, checkout, change, usageEntry, usageTotal, usageDay, drift, customer].map((table) =>
      db.$count(table, eq(table.organizationId, id)),
    ),
    db.$count(stripeEvent, eq(stripeEvent.stripeCustomerId, customerId)),
  ])
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Stops the next request of this kind on its way; answers, once it has come, how to let it go on. */
function holdBack(request: string): Promise<() => void> {
  return new Promise((arrived) => {
    world.gate.judge = async (name) => {
      if (name !== request) return 'pass' as const
      world.gate.judge = () => 'pass'
      await new Promise<void>((goOn) => arrived(goOn))
      return 'pass' as const
    }
  })
}
