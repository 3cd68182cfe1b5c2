import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { seed, until } from '@lightpress/testing'
import { lookAtCheckouts } from '../src/schedules.ts'
import { checkout, customer } from '../src/schema.ts'
import type { Letter } from './support/post-office.ts'
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

// Many requests, on a machine that may be busy with other tests.
describe('however the webhooks come', { timeout: 120_000 }, () => {
  it(`shuffled and each up to three times, they end in what Stripe knows (SEED=${seed})`, async () => {
    const random = randomFrom(seed)
    for (let life = 0; life < 3; life += 1) {
      const organization = newOrganization(world)
      const letters = await holding(async () => {
        await subscribe(organization)
        await world.stripe.subscriptions.update(await subscriptionOf(organization), { cancel_at_period_end: true })
        await world.stripe.subscriptions.cancel(await subscriptionOf(organization))
        await subscribe(organization)
      })
      const order = letters.flatMap((letter) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => letter))
      await Promise.all(shuffled(order, random).map((letter) => world.post.deliver(letter)))
      await untilQuiet(world)
      expect(await organization.client.getSubscription()).toMatchObject({
        planId: 'pro',
        status: 'active',
        seats: 3,
        cancelAtPeriodEnd: false,
      })
      expect((await paymentsTold(organization)).length).toBe(2)
      expect(new Set(await paymentsTold(organization)).size).toBe(2)
    }
  })

  it('one is enough, whichever it is', async () => {
    for (const type of ['customer.subscription.created', 'invoice.paid', 'checkout.session.completed']) {
      const organization = newOrganization(world)
      const letters = await holding(() => subscribe(organization))
      await world.post.deliver(letters.find((letter) => letter.type === type) as Letter)
      await untilActive(organization)
      expect(await paymentsTold(organization)).toHaveLength(1)
    }
  })

  it('late ones change nothing and tell nothing', async () => {
    const organization = newOrganization(world)
    const letters = await holding(() => subscribe(organization))
    await world.post.deliver(letters.at(-1) as Letter)
    await untilActive(organization)
    await world.stripe.subscriptions.cancel(await subscriptionOf(organization))
    await untilQuiet(world)
    const told = await toldAbout(world, organization)
    for (const letter of letters) await world.post.deliver(letter)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', status: 'canceled' })
    expect(await toldAbout(world, organization)).toEqual(told)
  })
})

describe('of two readings at the same time', { timeout: 120_000 }, () => {
  it('the one that was overtaken does not win with what it saw', async () => {
    const organization = newOrganization(world)
    const letters = await holding(() => subscribe(organization))
    // The first reading has seen the subscription active, and is held up before it has seen the invoices.
    const reading = heldUp('GET /v1/invoices')
    await world.post.deliver(relevant(letters))
    await reading.reached
    await world.stripe.subscriptions.cancel(await subscriptionOf(organization))
    await until(
      () => organization.client.getSubscription(),
      ({ status }) => status === 'canceled',
    )
    reading.release()
    await untilQuiet(world)

    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', status: 'canceled' })
    const told = await toldAbout(world, organization)
    const changes = told.filter(({ type }) => type === 'billing.subscription.changed.v1')
    expect(changes.map(({ payload }) => payload.status)).toEqual(['canceled'])
    expect(await paymentsTold(organization)).toHaveLength(1)
  })

  it('one covers many requests: fifty webhooks are a handful of readings', async () => {
    const organization = newOrganization(world)
    world.members.set(organization.id, 43)
    const letters = await holding(async () => {
      await subscribe(organization)
      const id = await subscriptionOf(organization)
      const { items } = await world.stripe.subscriptions.retrieve(id)
      // The last of them has a seat for everybody.
      for (let quantity = 4; quantity < 44; quantity += 1) {
        const change = [{ id: items.data[0]?.id ?? '', quantity }]
        await world.stripe.subscriptions.update(id, { items: change, proration_behavior: 'none' })
      }
    })
    world.gate.clear()
    await Promise.all(letters.map((letter) => world.post.deliver(letter)))
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ seats: 43 })
    const readings = world.gate.requests.filter((request) => request === 'GET /v1/invoices').length
    expect(readings).toBeLessThan(letters.length / 2)
    const jobs = (await world.app.outbox()).filter(
      ({ type, payload }) =>
        type === 'converge' && (payload as { organizationId: string }).organizationId === organization.id,
    )
    expect(jobs.length).toBeLessThan(letters.length / 2)
    const row = await customerOf(organization)
    expect(row?.appliedSequence).toBe(row?.dirtySequence)
  })
})

describe('while Stripe is down', () => {
  it('a webhook waits in its job and takes effect afterwards', async () => {
    const organization = newOrganization(world)
    const letters = await holding(() => subscribe(organization))
    world.gate.judge = () => 'cut'
    expect((await world.post.deliver(relevant(letters))).status).toBe(200)
    await until(
      () => world.gate.requests.length,
      (tries) => tries > 4,
    )
    expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free' })
    world.gate.clear()
    await untilActive(organization)
    expect(await paymentsTold(organization)).toHaveLength(1)
  })
})

describe('when every webhook is lost', () => {
  it('a checkout that was paid is found by looking at it', async () => {
    const organization = newOrganization(world)
    await holding(() => subscribe(organization))
    await lookNow()
    await untilActive(organization)
    await untilQuiet(world)
    expect(await paymentsTold(organization)).toHaveLength(1)
    expect(await checkoutOf(organization)).toMatchObject({ checkAt: null })
  })

  it('a checkout that nobody pays is looked at ever more seldom, and not any more once it is over', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
    const { db } = world.app.contextFor('billing')
    const mine = eq(checkout.organizationId, organization.id)
    await db
      .update(checkout)
      .set({ createdAt: sql`now() - interval '1 hour'` })
      .where(mine)
    await lookNow()
    await untilQuiet(world)
    const { checkAt, stripeSessionId } = (await checkoutOf(organization)) ?? {}
    expect((checkAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(50 * 60_000)

    await holding(() => world.stripe.checkout.sessions.expire(stripeSessionId as string))
    await lookNow()
    await untilQuiet(world)
    expect(await checkoutOf(organization)).toMatchObject({ checkAt: null })
    expect(await toldAbout(world, organization)).toEqual([])
  })
})

it('a subscription to something that is not ours does not concern us', async () => {
  const organization = newOrganization(world)
  await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  const row = await customerOf(organization)
  const price = await world.stripe.prices.create({
    currency: 'usd',
    unit_amount: 500,
    recurring: { interval: 'month' },
    product_data: { name: 'A newsletter' },
  })
  const session = await world.stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: row?.stripeCustomerId as string,
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: 'http://localhost:3000/thanks',
  })
  expect((await pay(session.url as string)).status).toBe(303)
  await untilQuiet(world)
  expect(await organization.client.getSubscription()).toMatchObject({ planId: 'free', status: 'active' })
})

/** Does something while the webhooks are held; answers those that it caused. */
async function holding(act: () => Promise<unknown>): Promise<Letter[]> {
  await untilQuiet(world)
  world.post.holding = true
  world.post.held = []
  await act()
  await untilQuiet(world)
  world.post.holding = false
  return world.post.held
}

/** One that says that something of a customer changed. */
function relevant(letters: readonly Letter[]): Letter {
  return letters.find(({ type }) => type === 'customer.subscription.created') as Letter
}

/** Holds the first such request up until it is released; the others pass. */
function heldUp(request: string) {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let first = true
  world.gate.judge = async (name) => {
    if (name === request && first) {
      first = false
      reached.resolve()
      await released.promise
    }
    return 'pass' as const
  }
  return { reached: reached.promise, release: () => released.resolve() }
}

/** As if the time for every look had come. */
async function lookNow(): Promise<void> {
  const ctx = world.app.contextFor('billing')
  await ctx.db
    .update(checkout)
    .set({ checkAt: sql`now()` })
    .where(sql`${checkout.checkAt} is not null`)
  await lookAtCheckouts(ctx as never)
}

async function paymentsTold(organization: Organization): Promise<unknown[]> {
  const told = await toldAbout(world, organization)
  return told.filter(({ type }) => type === 'billing.invoice.paid.v1').map(({ payload }) => payload.invoiceId)
}

/** The newest subscription, as Stripe's desk finds it. */
async function subscriptionOf({ id }: Organization): Promise<string> {
  const { data } = await world.stripe.subscriptions.list({ limit: 100 })
  return data.find(({ metadata }) => metadata.organizationId === id)?.id as string
}

async function customerOf({ id }: Organization) {
  const { db } = world.app.contextFor('billing')
  return (await db.select().from(customer).where(eq(customer.organizationId, id)))[0]
}

async function checkoutOf({ id }: Organization) {
  const { db } = world.app.contextFor('billing')
  return (await db.select().from(checkout).where(eq(checkout.organizationId, id)))[0]
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** mulberry32: small, seeded, good enough to shuffle. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
