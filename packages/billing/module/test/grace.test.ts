import { billing as contract } from '@lightpress/billing-contract'
import { createControl } from '@lightpress/stripe-emulator'
import { until } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillingContext } from '../src/context.ts'
import { entitledPlan, GRACE, graceEnd, trialEndsSoon, TRIAL_NOTICE } from '../src/grace.ts'
import { lookAtTime } from '../src/passing-time.ts'
import { customer, subscription } from '../src/schema.ts'
import {
  createWorld,
  newOrganization,
  subscribe,
  toldAbout,
  untilActive,
  untilQuiet,
  type World,
} from './support/world.ts'
import type { Organization } from './support/world.ts'

const DAY = 86_400_000

describe('whoever does not pay', () => {
  const since = new Date('2026-03-01T00:00:00Z')
  const late = { planId: 'pro', status: 'past_due', pastDueSince: since } as const

  it('keeps the plan for seven days, to the millisecond', () => {
    const end = graceEnd(late) as Date
    expect(end.getTime() - since.getTime()).toBe(GRACE)
    expect(entitledPlan(late, new Date(end.getTime() - 1))).toBe('pro')
    expect(entitledPlan(late, end)).toBe('free')
  })

  it('keeps it while it is not known since when', () => {
    expect(entitledPlan({ ...late, pastDueSince: null }, new Date(8.64e15))).toBe('pro')
  })

  it('has none once Stripe has given up', () => {
    for (const status of ['unpaid', 'incomplete', 'canceled'] as const)
      expect(entitledPlan({ ...late, status }, since)).toBe('free')
  })
})

it('a trial ends soon in its last three days, unless it was cancelled', () => {
  const trialEnd = new Date('2026-03-15T00:00:00Z')
  const at = (before: number) => new Date(trialEnd.getTime() - before)
  const trial = { status: 'trialing', trialEnd, cancelAtPeriodEnd: false } as const
  expect([TRIAL_NOTICE + 1, TRIAL_NOTICE, 1, 0].map((ms) => trialEndsSoon(trial, at(ms)))).toEqual([
    false,
    true,
    true,
    false,
  ])
  expect(trialEndsSoon({ ...trial, cancelAtPeriodEnd: true }, at(1))).toBe(false)
  expect(trialEndsSoon({ ...trial, status: 'active' }, at(1))).toBe(false)
})

/** Each has a stand-in of its own: its clock only goes forward, and takes every customer with it. */
describe('in the course of time', { timeout: 120_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())

  it('a payment fails, is told at every attempt, grace ends, and it is paid after all', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await untilQuiet(world)
    const control = createControl(world.gate.url)
    await control.settings.change({ retries: { days: [3, 5, 7], then: 'mark_unpaid' } })
    const { id, customerId } = await atStripe(organization)
    const broken = await world.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customerId })
    await world.stripe.subscriptions.update(id, { default_payment_method: broken.id })

    await pass(control, 32)
    expect(await failures(organization)).toMatchObject([{ attempt: 1, amountDue: { amount: 3600 }, planId: 'pro' }])
    const [first] = await failures(organization)
    const pastDue = await organization.client.getSubscription()
    expect(pastDue).toMatchObject({ status: 'past_due', planId: 'pro', entitledPlanId: 'pro' })
    expect(pastDue.paymentProblem).toMatchObject({ graceEndsAt: first?.graceEndsAt, amountDue: { amount: 3600 } })
    expect(pastDue.paymentProblem?.payUrl).toContain('/i/')
    expect(first?.nextAttemptAt).not.toBeNull()
    const member = world.app.as(contract, { organizationId: organization.id, role: 'member' })
    expect((await member.getSubscription()).paymentProblem).toMatchObject({ payUrl: null })

    // Late webhooks say it again, and nobody is told again.
    for (const letter of world.post.all.filter(({ type }) => type === 'invoice.payment_failed'))
      await world.post.deliver(letter)
    await untilQuiet(world)
    expect(await failures(organization)).toHaveLength(1)

    // Three days later it is tried again, and eight days after the first attempt a third time: grace is over by then.
    await pass(control, 4)
    expect((await failures(organization)).map(({ attempt }) => attempt)).toEqual([1, 2])
    await pass(control, 5)
    expect((await failures(organization)).map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    expect(await organization.client.getSubscription()).toMatchObject({
      ...{ status: 'past_due', planId: 'pro', entitledPlanId: 'free' },
    })
    expect(await organization.client.getEntitlements()).toMatchObject({ planId: 'free', limits: { members: 5 } })
    await Promise.all(Array.from({ length: 4 }, () => lookAtTime(ctx())))
    expect((await changes(organization)).map(({ status, entitledPlanId }) => [status, entitledPlanId])).toEqual([
      ['active', 'pro'],
      ['past_due', 'pro'],
      ['past_due', 'free'],
    ])

    const [unpaid] = (await world.stripe.invoices.list({ customer: customerId, status: 'open' })).data
    const good = await world.stripe.paymentMethods.attach('pm_card_visa', { customer: customerId })
    await world.stripe.invoices.pay(unpaid?.id as string, { payment_method: good.id })
    await untilQuiet(world)
    expect(await organization.client.getSubscription()).toMatchObject({
      ...{ status: 'active', entitledPlanId: 'pro', paymentProblem: null },
    })
    expect((await changes(organization)).at(-1)).toMatchObject({
      status: 'active',
      planId: 'pro',
      entitledPlanId: 'pro',
    })
  })

  it('the end of grace is found by the clock alone, and told once by however many processes look', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await untilQuiet(world)
    const mine = eq(subscription.organizationId, organization.id)
    const { db } = ctx()
    await db.update(customer).set({ clockAt: null }).where(eq(customer.organizationId, organization.id))
    await db
      .update(subscription)
      .set({ status: 'past_due', pastDueSince: new Date(Date.now() - GRACE + 60_000) })
      .where(mine)
    const before = await changes(organization)
    await lookAtTime(ctx())
    expect(await changes(organization)).toEqual(before)

    await db
      .update(subscription)
      .set({ pastDueSince: new Date(Date.now() - GRACE) })
      .where(mine)
    const another = await world.app.startAnother()
    try {
      const others = another.contextFor('billing') as unknown as BillingContext
      await Promise.all([ctx(), others, ctx(), others].map((looking) => lookAtTime(looking)))
    } finally {
      await another.close()
    }
    expect((await changes(organization)).slice(before.length)).toEqual([
      { organizationId: organization.id, planId: 'pro', status: 'past_due', seats: 3, entitledPlanId: 'free' },
    ])
  })

  it('the end of a trial is told three days before, once for each end that it has', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    await untilQuiet(world)
    const { db } = ctx()
    const mine = eq(subscription.organizationId, organization.id)
    const endsIn = async (days: number, more: object = {}) => {
      const trialEnd = new Date(Math.floor((Date.now() + days * DAY) / 1_000) * 1_000)
      await db
        .update(subscription)
        .set({ status: 'trialing', trialEnd, ...more })
        .where(mine)
      await Promise.all(Array.from({ length: 3 }, () => lookAtTime(ctx())))
      return trialEnd.toISOString()
    }
    await db.update(customer).set({ clockAt: null }).where(eq(customer.organizationId, organization.id))
    await endsIn(4)
    expect(await trials(organization)).toEqual([])
    await endsIn(2, { cancelAtPeriodEnd: true })
    expect(await trials(organization)).toEqual([])
    const first = await endsIn(2, { cancelAtPeriodEnd: false })
    const told = { organizationId: organization.id, planId: 'pro', hasPaymentMethod: true }
    expect(await trials(organization)).toEqual([{ ...told, trialEndsAt: first }])
    // Extended at Stripe: that is another end.
    const second = await endsIn(1)
    expect(await trials(organization)).toEqual([first, second].map((trialEndsAt) => ({ ...told, trialEndsAt })))
  })

  it('a reading tells of the end of a trial by itself, when it is that which Stripe tells of', async () => {
    const organization = newOrganization(world)
    await subscribe(organization)
    await untilActive(organization)
    const { id } = await atStripe(organization)
    const control = createControl(world.gate.url)
    const { now } = await control.clock.read()
    await world.stripe.subscriptions.update(id, { trial_end: now + 10 * 86_400, proration_behavior: 'none' })
    await until(
      () => organization.client.getSubscription(),
      ({ status }) => status === 'trialing',
    )
    await untilQuiet(world)
    expect(await trials(organization)).toEqual([])
    await pass(control, 8)
    expect(await trials(organization)).toHaveLength(1)
  })

  const ctx = () => world.app.contextFor('billing') as unknown as BillingContext

  async function pass(control: ReturnType<typeof createControl>, days: number): Promise<void> {
    await control.clock.moveBy(days * 86_400, { settle: true })
    await untilQuiet(world)
  }

  async function payloads(organization: Organization, type: string) {
    return (await toldAbout(world, organization)).filter((told) => told.type === type).map(({ payload }) => payload)
  }
  const failures = (organization: Organization) => payloads(organization, 'billing.invoice.payment_failed.v1')
  const changes = (organization: Organization) => payloads(organization, 'billing.subscription.changed.v1')
  const trials = (organization: Organization) => payloads(organization, 'billing.trial.ending.v1')

  async function atStripe({ id: organizationId }: Organization): Promise<{ id: string; customerId: string }> {
    const [row] = await ctx().db.select().from(subscription).where(eq(subscription.organizationId, organizationId))
    const [whose] = await ctx().db.select().from(customer).where(eq(customer.organizationId, organizationId))
    return { id: row?.stripeSubscriptionId as string, customerId: whose?.stripeCustomerId as string }
  }
})
