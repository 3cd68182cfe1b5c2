import { kernelTables, newId } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { customer, stripeEvent } from '../src/schema.ts'
import { forgetEvents } from '../src/schedules.ts'
import { createWorld, newOrganization, untilQuiet, webhookSecret, type World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const refused = { status: 400, reason: 'billing.signature_invalid' }

describe('a webhook that Stripe did not sign', () => {
  it.each<[string, (body: string) => string]>([
    ['with another secret', (body) => sign(body, { secret: 'whsec_of_somebody_else' })],
    ['for other bytes', () => sign('{"id":"evt_other","object":"event"}')],
    ['more than five minutes ago', (body) => sign(body, { timestamp: seconds() - 301 })],
    ['at all', () => ''],
    ['in a way that we can read', () => 't=yesterday,v1=abc'],
  ])('%s is refused and leaves nothing behind', async (_, signature) => {
    const event = eventOf({ type: 'customer.subscription.updated' })
    const body = JSON.stringify(event)
    expect(await send(body, signature(body))).toMatchObject(refused)
    expect(await storedEvent(event.id)).toBeUndefined()
  })

  it('is refused when it is empty, two megabytes long, or no event, and leaves nothing behind', async () => {
    const before = await events()
    expect(await send('', sign('{}'))).toMatchObject(refused)
    for (const text of ['', 'not JSON', '{"id":']) expect(await send(text, sign(text))).toMatchObject(refused)
    const body = JSON.stringify({ ...eventOf({ type: 'invoice.paid' }), padding: 'x'.repeat(2 * 1024 * 1024) })
    expect(await send(body, sign(body))).toMatchObject({ status: 413, reason: 'request.body_too_large' })
    expect(await events()).toBe(before)
  })
})

describe('a webhook of Stripe', () => {
  it('is good for five minutes', async () => {
    const body = JSON.stringify(eventOf({ type: 'invoice.paid' }))
    expect(await send(body, sign(body, { timestamp: seconds() - 290 }))).toEqual({ status: 200, received: true })
  })

  it.each([
    ['of a kind that nobody knows', 'other_kind', { type: 'planet.aligned', object: { anything: ['goes', null, 1] } }],
    ['of a kind that changes nothing here', 'other_kind', { type: 'payment_method.attached' }],
    ['of a kind that only begins like one of ours', 'other_kind', { type: 'customer.updated_by_hand' }],
    ['about a customer of somebody else', 'unknown_customer', { object: { customer: 'cus_other' } }],
    ['about no customer', 'unknown_customer', { type: 'invoice.paid', object: { customer: null } }],
    ['of a connected account', 'other_account', { account: 'acct_1' }],
    ['about real money, while ours is for tests', 'other_mode', { livemode: true }],
  ] as const)('%s is taken note of and does no harm', async (_, ignoredBecause, given) => {
    const known = await knownCustomer()
    const event = eventOf({ type: 'invoice.paid', object: { customer: known.stripeCustomerId }, ...given })
    const body = JSON.stringify(event)
    const before = await jobs()
    expect(await send(body, sign(body))).toEqual({ status: 200, received: true })
    expect(await storedEvent(event.id)).toMatchObject({ type: event.type, ignoredBecause, sequence: null })
    expect(await jobs()).toEqual(before)
    expect(await customerOf(known.organizationId)).toEqual(known)
  })

  it.each<[string, string, (customer: string) => object]>([
    ['a subscription', 'customer.subscription.updated', (customer) => ({ object: { customer } })],
    ['a customer who is expanded', 'invoice.paid', (id) => ({ object: { customer: { id, object: 'customer' } } })],
    ['a schedule', 'subscription_schedule.updated', (customer) => ({ object: { customer } })],
    ['a refund', 'charge.refunded', (customer) => ({ object: { customer } })],
    ['a discount', 'customer.discount.deleted', (customer) => ({ object: { customer } })],
    ['the customer themselves', 'customer.updated', (id) => ({ object: { id, object: 'customer' } })],
    ['their end', 'customer.deleted', (id) => ({ object: { id, object: 'customer' } })],
    [
      'a card that was theirs',
      'payment_method.detached',
      (customer) => ({ object: { id: 'pm_1', customer: null }, previous: { customer } }),
    ],
  ])('about %s has that customer read, and says which reading covers it', async (_, type, about) => {
    const known = await knownCustomer()
    const event = eventOf({ type, ...about(known.stripeCustomerId) })
    const body = JSON.stringify(event)
    expect(await send(body, sign(body))).toEqual({ status: 200, received: true })
    const sequence = known.dirtySequence + 1
    expect(await storedEvent(event.id)).toMatchObject({
      ...{ stripeCustomerId: known.stripeCustomerId, ignoredBecause: null, sequence },
    })
    await untilQuiet(world)
    expect((await customerOf(known.organizationId))?.appliedSequence).toBeGreaterThanOrEqual(sequence)
  })

  it('moves the time that its customer lives by, forward and never back', async () => {
    const { organizationId, stripeCustomerId: customer } = await knownCustomer()
    const clockAfter = async (created: number) => {
      const body = JSON.stringify({ ...eventOf({ type: 'invoice.updated', object: { customer } }), created })
      await send(body, sign(body))
      return (await customerOf(organizationId))?.clockAt?.toISOString()
    }
    // A test clock may be years ahead of us.
    expect(await clockAfter(Date.UTC(2040, 0, 2) / 1000)).toBe('2040-01-02T00:00:00.000Z')
    expect(await clockAfter(Date.UTC(2040, 0, 1) / 1000)).toBe('2040-01-02T00:00:00.000Z')
    expect(await clockAfter(Date.UTC(2041, 0, 1) / 1000)).toBe('2041-01-01T00:00:00.000Z')
  })

  it('about real money moves no time: it is ours there, whatever the event says', async () => {
    const { organizationId, stripeCustomerId: customer, clockAt } = await knownCustomer()
    const another = await world.app.startAnother({ STRIPE_SECRET_KEY: 'rk_live_billing' })
    try {
      const event = eventOf({ type: 'invoice.updated', object: { customer }, livemode: true })
      const body = JSON.stringify({ ...event, created: Date.UTC(2040, 0, 2) / 1000 })
      const url = `${another.baseUrl}/v1/billing/webhooks/stripe`
      expect(await send(body, sign(body), url)).toEqual({ status: 200, received: true })
      expect(await storedEvent(event.id)).toMatchObject({ ignoredBecause: null })
      expect(await customerOf(organizationId)).toMatchObject({ clockAt })

      const test = eventOf({ type: 'invoice.updated', object: { customer } })
      const testBody = JSON.stringify(test)
      await send(testBody, sign(testBody), url)
      expect(await storedEvent(test.id)).toMatchObject({ ignoredBecause: 'other_mode' })
    } finally {
      await another.close()
    }
  })

  it('asks for one look at the customer, however often it comes', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
    const before = await customerOf(organization.id)
    const event = eventOf({ type: 'invoice.updated', object: { customer: before?.stripeCustomerId } })
    const body = JSON.stringify(event)
    const answers = await Promise.all(Array.from({ length: 20 }, () => send(body, sign(body))))
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ status: 200, received: true })))
    await untilQuiet(world)
    const after = await customerOf(organization.id)
    expect(after?.dirtySequence).toBe((before?.dirtySequence ?? 0) + 1)
    expect(after?.appliedSequence).toBe(after?.dirtySequence)
  })

  it('is answered while Stripe itself is down', async () => {
    const organization = newOrganization(world)
    await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
    world.gate.judge = () => 'hang'
    const { stripeCustomerId } = (await customerOf(organization.id)) ?? {}
    const body = JSON.stringify(eventOf({ type: 'invoice.updated', object: { customer: stripeCustomerId } }))
    const started = performance.now()
    expect(await send(body, sign(body))).toEqual({ status: 200, received: true })
    // Less than the two tries that are made of a Stripe which does not answer.
    expect(performance.now() - started).toBeLessThan(8_000)
    world.gate.clear()
  })

  it('is forgotten after sixty days', async () => {
    const [old, young] = [eventOf({ type: 'invoice.paid' }), eventOf({ type: 'invoice.paid' })]
    for (const body of [old, young].map((event) => JSON.stringify(event))) await send(body, sign(body))
    const { db } = world.app.contextFor('billing')
    const receivedAt = new Date(Date.now() - 61 * 86_400_000)
    await db.update(stripeEvent).set({ receivedAt }).where(eq(stripeEvent.id, old.id))
    await forgetEvents(world.app.contextFor('billing') as never)
    expect(await storedEvent(old.id)).toBeUndefined()
    expect(await storedEvent(young.id)).toBeDefined()
  })
})

interface Given {
  type: string
  object?: object
  previous?: object
  account?: string
  livemode?: boolean
}

function eventOf({ type, object = {}, previous, account, livemode = false }: Given) {
  const data = { object, ...(previous && { previous_attributes: previous }) }
  return {
    id: `evt_${newId()}`,
    object: 'event',
    created: seconds(),
    livemode,
    type,
    ...(account && { account }),
    data,
  }
}

/** An organisation that is a customer, and at rest. */
async function knownCustomer() {
  const organization = newOrganization(world)
  await organization.client.startCheckout({ planId: 'pro', interval: 'month' })
  await untilQuiet(world)
  return (await customerOf(organization.id)) as typeof customer.$inferSelect
}

function events(): Promise<number> {
  return world.app.contextFor('billing').db.$count(stripeEvent)
}

function sign(payload: string, { secret = webhookSecret, timestamp = seconds() } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
}

async function send(
  body: string,
  signature: string,
  url = world.webhookUrl,
): Promise<{ status: number; reason?: string; received?: boolean }> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(signature !== '' && { 'stripe-signature': signature }) },
  })
  const { reason, received } = (await answer.json()) as { reason?: string; received?: boolean }
  return { status: answer.status, ...(reason && { reason }), ...(received && { received }) }
}

async function storedEvent(id: string) {
  const { db } = world.app.contextFor('billing')
  return (await db.select().from(stripeEvent).where(eq(stripeEvent.id, id)))[0]
}

async function customerOf(organizationId: string) {
  const { db } = world.app.contextFor('billing')
  return (await db.select().from(customer).where(eq(customer.organizationId, organizationId)))[0]
}

async function jobs(): Promise<string[]> {
  const { outbox } = kernelTables('billing')
  const rows = await world.app.contextFor('billing').db.select().from(outbox).where(eq(outbox.kind, 'job'))
  return rows.map(({ id }) => id).toSorted()
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
