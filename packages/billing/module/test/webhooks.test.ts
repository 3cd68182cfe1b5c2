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

  it('is refused when it is empty or two megabytes long', async () => {
    expect(await send('', sign('{}'))).toMatchObject(refused)
    const body = JSON.stringify({ ...eventOf({ type: 'invoice.paid' }), padding: 'x'.repeat(2 * 1024 * 1024) })
    expect(await send(body, sign(body))).toMatchObject({ status: 413, reason: 'request.body_too_large' })
  })
})

describe('a webhook of Stripe', () => {
  it('is good for five minutes', async () => {
    const body = JSON.stringify(eventOf({ type: 'invoice.paid' }))
    expect(await send(body, sign(body, { timestamp: seconds() - 290 }))).toEqual({ status: 200, received: true })
  })

  it.each([
    ['of a kind that nobody knows', { type: 'planet.aligned', object: { anything: ['goes', null, 1] } }],
    ['about a customer of somebody else', { type: 'customer.subscription.updated', object: { customer: 'cus_other' } }],
    ['about no customer', { type: 'invoice.paid', object: { customer: null } }],
  ])('%s is taken note of and does no harm', async (_, given) => {
    const event = eventOf(given)
    const body = JSON.stringify(event)
    const before = await jobs()
    expect(await send(body, sign(body))).toEqual({ status: 200, received: true })
    expect(await storedEvent(event.id)).toMatchObject({ type: given.type })
    expect(await jobs()).toEqual(before)
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
    expect(performance.now() - started).toBeLessThan(3_000)
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

function eventOf({ type, object = {} }: { type: string; object?: object }) {
  return { id: `evt_${newId()}`, object: 'event', created: seconds(), livemode: false, type, data: { object } }
}

function sign(payload: string, { secret = webhookSecret, timestamp = seconds() } = {}): string {
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp })
}

async function send(body: string, signature: string): Promise<{ status: number; reason?: string; received?: boolean }> {
  const answer = await fetch(world.webhookUrl, {
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
