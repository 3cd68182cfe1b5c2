import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { convergeNow } from '../src/converge.ts'
import { customer, invoice, subscription } from '../src/schema.ts'
import {
  createWorld,
  newOrganization,
  subscribe,
  toldAbout,
  untilActive,
  untilQuiet,
  type World,
} from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('of a subscription is read', { timeout: 60_000 }, () => {
  it('what of a payment was given back, and nobody is told of another payment', async () => {
    const { organization, customerId } = await subscribed()
    const told = await toldAbout(world, organization)
    const [charge] = (await world.stripe.charges.list({ customer: customerId })).data
    for (const amount of [1_000, 500]) await world.stripe.refunds.create({ charge: charge?.id as string, amount })
    await untilQuiet(world)
    expect((await organization.client.listInvoices()).items).toMatchObject([
      { status: 'paid', total: { amount: 3_600 }, refunded: { amount: 1_500 }, amountDue: { amount: 0 } },
    ])
    expect(await toldAbout(world, organization)).toEqual(told)
  })

  it('the plan that a schedule puts in its place, and that it does no more', async () => {
    const { organization, id } = await subscribed()
    const schedule = await world.stripe.subscriptionSchedules.create({ from_subscription: id })
    const [now] = schedule.phases
    const [price] = (await world.stripe.prices.list({ lookup_keys: ['pro_year'] })).data
    const items = now?.items.map((item) => ({ price: item.price as string, quantity: item.quantity as number })) ?? []
    await world.stripe.subscriptionSchedules.update(schedule.id, {
      end_behavior: 'release',
      phases: [
        { items, start_date: now?.start_date as number, end_date: now?.end_date as number },
        {
          items: [{ price: price?.id as string, quantity: 2 }],
          duration: { interval: 'year', interval_count: 1 },
          metadata: { minimumSeats: '2' },
        },
      ],
    })
    await untilQuiet(world)
    const at = new Date((now?.end_date as number) * 1_000).toISOString()
    expect((await organization.client.getSubscription()).scheduledChange).toEqual({
      ...{ planId: 'pro', interval: 'year', seats: 2, at },
    })
    await world.stripe.subscriptionSchedules.release(schedule.id)
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({ interval: 'month', scheduledChange: null })
  })

  it('its discount, and that it has none any more', async () => {
    const { organization, id } = await subscribed()
    const coupon = await world.stripe.coupons.create({ percent_off: 25, duration: 'forever', name: 'Friends' })
    await world.stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] })
    await untilQuiet(world)
    expect((await organization.client.getSubscription()).discount).toEqual({
      ...{ name: 'Friends', percentOff: 25, amountOff: null, endsAt: null },
    })
    await world.stripe.subscriptions.deleteDiscount(id)
    await untilQuiet(world)
    expect((await organization.client.getSubscription()).discount).toBeNull()
  })

  it('whether there is a card that will pay, also when it was taken away', async () => {
    const { organization, id, customerId } = await subscribed()
    expect(await rowOf(organization.id)).toMatchObject({ hasPaymentMethod: true })
    const cards = (await world.stripe.paymentMethods.list({ customer: customerId })).data
    for (const card of cards) await world.stripe.paymentMethods.detach(card.id)
    await untilQuiet(world)
    expect(await rowOf(organization.id)).toMatchObject({ stripeSubscriptionId: id, hasPaymentMethod: false })
  })
})

it('whoever changed something at Stripe reads it at once, and has it written when that returns', async () => {
  const { organization, id } = await subscribed()
  world.post.holding = true
  await world.stripe.subscriptions.update(id, { cancel_at_period_end: true })
  await convergeNow(organization.id, world.app.contextFor('billing') as unknown as BillingContext)
  expect(await organization.client.getSubscription()).toMatchObject({ cancelAtPeriodEnd: true })
  world.post.holding = false
})

it('a customer of years, with five hundred invoices, is read in as many requests as there are pages', async () => {
  const { organization, customerId } = await subscribed()
  world.post.holding = true
  for (let made = 0; made < 500; made += 1) {
    await world.stripe.invoices.create({ customer: customerId, auto_advance: false })
  }
  world.gate.clear()
  const ctx = world.app.contextFor('billing') as unknown as BillingContext
  await convergeNow(organization.id, ctx)
  const asked = world.gate.requests.filter((request) => request === 'GET /v1/invoices')
  expect(asked).toHaveLength(6)
  const { db } = ctx
  expect(await db.$count(invoice, eq(invoice.organizationId, organization.id))).toBe(501)
  world.post.holding = false
})

async function subscribed() {
  const organization = newOrganization(world)
  await subscribe(organization)
  await untilActive(organization)
  await untilQuiet(world)
  const { db } = world.app.contextFor('billing')
  const [whose] = await db.select().from(customer).where(eq(customer.organizationId, organization.id))
  const row = await rowOf(organization.id)
  return { organization, id: row?.stripeSubscriptionId as string, customerId: whose?.stripeCustomerId as string }
}

async function rowOf(organizationId: string) {
  const { db } = world.app.contextFor('billing')
  return (await db.select().from(subscription).where(eq(subscription.organizationId, organizationId)))[0]
}
