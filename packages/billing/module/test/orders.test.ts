import { newId } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import Stripe from 'stripe'
import { nightly, until } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { converge, convergeNow } from '../src/converge.ts'
import { stripeWebhook } from '../src/webhooks.ts'
import type { Letter } from './support/post-office.ts'
import {
  createWorld,
  newOrganization,
  subscribe,
  webhookSecret,
  type Organization,
  type World,
} from './support/world.ts'

let world: World

beforeAll(async () => {
  // Without workers: a life is read when the test says so.
  world = await createWorld({ ROLES: 'http' })
})
afterAll(() => world.close())

/** The events of a life, in the order in which they happened. */
const types = [
  'customer.subscription.created',
  'invoice.finalized',
  'invoice.paid',
  'checkout.session.completed',
  'customer.subscription.updated',
  'charge.refunded',
  'customer.subscription.deleted',
]

/** With this number, each event comes at each place by day, too, and right after each other. */
const every = nightly ? 1 : 11

/**
 * Every order is played, by day every eleventh: the real handler takes each webhook, on a real database, and the customer is
 * read at the end, and in every seventh order once on the way, after another number of them each time. At the stand-in the
 * life was lived before; its answers after each event were kept, and a reading sees what there was after the latest of those
 * that came.
 */
describe('the seven webhooks of a subscription, in any of their 5,040 orders', () => {
  const all = permutations(types.map((_, at) => at))
  const orders = all.filter((_, at) => at % every === 0)
  /** How everything ended, in all orders so far. */
  const ends = new Set<string>()
  /** What was told when a certain state of Stripe was seen on the way. */
  const toldAfter = new Map<number, string>()
  let lives: Life[]
  beforeAll(async () => {
    lives = await Promise.all(Array.from({ length: 4 }, () => live()))
  })

  it.each(types)('end in one state, those that begin with %s', { timeout: 300_000 }, async (type) => {
    const these = orders.filter(([first]) => first === types.indexOf(type))
    expect(these.length).toBeGreaterThanOrEqual(Math.floor(720 / every))
    await Promise.all(
      lives.map(async (life, player) => {
        for (let at = player; at < these.length; at += lives.length) {
          const order = these[at] as number[]
          const { seen, rows, told } = await play(life, { order, readAfter: readAfter(at) })
          ends.add(JSON.stringify(rows))
          // What is told on the way depends on what there was to be seen on the way, and on nothing else.
          const same = toldAfter.get(seen) ?? JSON.stringify(told)
          toldAfter.set(seen, same)
          expect(JSON.stringify(told), `in the order ${order.join(', ')}`).toBe(same)
          expect(told.filter((event) => event.type === 'billing.invoice.paid.v1')).toHaveLength(1)
          expect(told.findLast((event) => event.type === 'billing.subscription.changed.v1')?.payload).toEqual({
            ...{ organizationId: 'ours', planId: 'free', entitledPlanId: 'free', status: 'canceled', seats: 1 },
          })
        }
      }),
    )
    expect(ends.size).toBe(1)
    const [end] = [...ends].map((rows) => JSON.parse(rows) as unknown)
    expect(end).toMatchObject({
      customer: { dirty_sequence: 7, applied_sequence: 7 },
      subscription: [{ plan_id: 'pro', status: 'canceled', seats: 4 }],
      invoices: [{ status: 'paid', total: 3_600, refunded: 1_200 }],
      events: types.toSorted(),
    })
  })
})

/** After how many of its webhooks the order that is played as this one is read on the way; never for most. */
function readAfter(at: number): number | null {
  return at % 7 === 0 ? 1 + ((at / 7) % (types.length - 1)) : null
}

interface Life {
  organization: Organization
  customerId: string
  letters: Letter[]
  ctx: BillingContext
  /** After how many events Stripe is asked, from now on. */
  goTo: (step: number) => void
}

/** Lives a life at the stand-in; keeps its letters, and what Stripe answered after each of its events. */
async function live(): Promise<Life> {
  world.post.holding = true
  const organization = newOrganization(world)
  const since = newId()
  const answers = types.map(() => new Map<string, string>())
  let step = 0
  const keep = async (input: string | URL | Request, init?: RequestInit) => {
    const url = input instanceof Request ? input.url : String(input)
    const known = answers[step]?.get(url)
    if (known !== undefined) return Response.json(JSON.parse(known))
    const answer = await fetch(input, init)
    answers[step]?.set(url, await answer.clone().text())
    return answer
  }
  const ctx = contextWith(keep)

  await subscribe(organization)
  const customerId = await customerOf(organization)
  const readHere = async (at: number) => {
    step = at
    await convergeNow(organization.id, ctx)
    await forget({ organization, customerId, since })
  }
  // What happens within one request was never to be seen in between.
  for (const at of [0, 1, 2, 3]) await readHere(at)
  const [subscription] = (await world.stripe.subscriptions.list({ customer: customerId })).data
  const id = subscription?.id as string
  const items = [{ id: subscription?.items.data[0]?.id as string, quantity: 4 }]
  await world.stripe.subscriptions.update(id, { items, proration_behavior: 'none' })
  await readHere(4)
  const [charge] = (await world.stripe.charges.list({ customer: customerId })).data
  await world.stripe.refunds.create({ charge: charge?.id as string, amount: 1_200 })
  await readHere(5)
  await world.stripe.subscriptions.cancel(id)
  await readHere(6)
  const find = (type: string) => world.post.held.find((letter) => letter.type === type && isOf(letter, customerId))
  const letters = await until(
    () => types.map(find),
    (found) => !found.includes(undefined),
  )
  return { organization, customerId, letters: letters as Letter[], ctx, goTo: (to) => (step = to) }
}

function contextWith(ask: typeof fetch): BillingContext {
  const ctx = world.app.contextFor('billing') as unknown as BillingContext
  const { hostname: host, port } = new URL(world.gate.url)
  const httpClient = Stripe.createFetchHttpClient(ask)
  const own = Object.create(ctx, {
    stripe: { value: new Stripe('sk_test_billing', { host, port, protocol: 'http', httpClient }) },
    nextStep: { value: () => own },
    deadline: { value: Number.POSITIVE_INFINITY },
  }) as BillingContext
  return own
}

/** Plays one order from the beginning; answers what it left, and which of Stripe's states was seen on the way. */
async function play(life: Life, { order, readAfter }: { order: readonly number[]; readAfter: number | null }) {
  const { organization, customerId, letters, ctx, goTo } = life
  const since = newId()
  let latest = 0
  let seen = types.length - 1
  for (const [count, at] of order.entries()) {
    const { body } = letters[at] as Letter
    const signature = Stripe.webhooks.generateTestHeaderString({ payload: body, secret: webhookSecret })
    const request = { body: Buffer.from(body), headers: { 'stripe-signature': signature } }
    await stripeWebhook({ request } as never, ctx)
    goTo((latest = Math.max(latest, at)))
    if (count + 1 === readAfter) {
      seen = latest
      await converge.run({ organizationId: organization.id }, ctx)
    }
  }
  await converge.run({ organizationId: organization.id }, ctx)
  return { seen, ...(await forget({ organization, customerId, since })) }
}

interface Left {
  customer: Record<string, unknown>
  subscription: Record<string, unknown>[]
  invoices: Record<string, unknown>[]
  events: string[]
}

/** Takes away all that an order left, as if no webhook had ever come; answers it, without what differs from life to life. */
async function forget({
  organization,
  customerId,
  since,
}: {
  organization: Organization
  customerId: string
  since: string
}) {
  const { db } = world.app.contextFor('billing')
  const { rows } = await db.execute<{ left: Left; told: { type: string; payload: unknown }[] }>(sql`
    with c as (
      select c.dirty_sequence, c.applied_sequence from billing.customer c where organization_id = ${organization.id}
    ), reset as (
      update billing.customer set dirty_sequence = 0, applied_sequence = 0, readings = 0, clock_at = null
      where organization_id = ${organization.id}
    ), s as (
      delete from billing.subscription where organization_id = ${organization.id} returning *
    ), i as (
      delete from billing.invoice where organization_id = ${organization.id} returning *
    ), e as (
      delete from billing.stripe_event where stripe_customer_id = ${customerId} returning type
    ), o as (
      delete from billing.outbox where id > ${since} and payload->>'organizationId' = ${organization.id}
      returning id, kind, type, payload
    )
    select json_build_object(
      'customer', (select to_json(c) from c),
      'subscription', (select coalesce(json_agg(s), '[]') from s),
      'invoices', (select coalesce(json_agg(i), '[]') from i),
      'events', (select coalesce(json_agg(type order by type), '[]') from e)
    ) as left,
    (select coalesce(json_agg(json_build_object('type', type, 'payload', payload) order by id), '[]')
      from o where kind = 'event') as told`)
  const { left, told } = rows[0] as (typeof rows)[number]
  return {
    rows: { ...left, subscription: left.subscription.map(anonymous), invoices: left.invoices.map(anonymous) },
    told: told.map(({ type, payload }) => ({ type, payload: anonymous(payload as Record<string, unknown>) })),
  }
}

/** Without ids, moments and addresses, which differ between lives; whether they are there stays. */
function anonymous(row: Record<string, unknown>): Record<string, unknown> {
  const differs = /(^id|_id|Id|_at|At|_since|_start|_end|number|url|Url)$/
  const kept = /^(plan_id|planId|entitledPlanId)$/
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) =>
      differs.test(name) && !kept.test(name) ? [name, value === null ? null : 'ours'] : [name, value],
    ),
  )
}

function isOf({ body }: Letter, customerId: string): boolean {
  return body.includes(`"${customerId}"`)
}

async function customerOf({ id }: Organization): Promise<string> {
  const { data } = await world.stripe.customers.list({ limit: 100 })
  return data.find(({ metadata }) => metadata.organizationId === id)?.id as string
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) => permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}
