import { kernelTables } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { isDeepStrictEqual } from 'node:util'
import type Stripe from 'stripe'
import { invoice, subscription, usageEntry } from '../../src/schema.ts'
import type { House, Tenant } from './house.ts'
import type { Life } from './life.ts'
import { seatItem, takesMoney, type ExpectedInvoice, type ExpectedSubscription, type Truth } from './oracle.ts'

const GRACE_SECONDS = 7 * 86_400
const NOTICE_SECONDS = 3 * 86_400

/** What was expected of a life and is not so. */
export class Broken extends Error {}

function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Broken(rule)
}

function mustEqual(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Broken(`${what}\n  Stripe:  ${JSON.stringify(expected)}\n  product: ${JSON.stringify(actual)}`)
}

/** Holds at any moment. */
export function checkAlways({ subscriptions }: Truth): void {
  const paying = subscriptions.filter(({ status }) => takesMoney.has(status))
  must(paying.length <= 1, `${paying.length} subscriptions take money: ${paying.map(({ id }) => id).join(', ')}`)
}

/** What the product keeps is what Stripe has. */
export async function checkRows({ app }: House, { id }: Tenant, truth: Truth): Promise<void> {
  const { db } = app.contextFor('billing')
  const [row] = await db.select().from(subscription).where(eq(subscription.organizationId, id))
  const kept: ExpectedSubscription | null = row
    ? {
        stripeSubscriptionId: row.stripeSubscriptionId,
        planId: row.planId,
        status: row.status,
        interval: String(row.interval),
        seats: row.seats,
        minimumSeats: row.minimumSeats,
        unitAmount: row.unitAmount,
        currency: row.currency,
        currentPeriodStart: row.currentPeriodStart?.toISOString() ?? '',
        currentPeriodEnd: row.currentPeriodEnd.toISOString(),
        trialEnd: row.trialEnd?.toISOString() ?? null,
        hasPaymentMethod: row.hasPaymentMethod,
        cancelAtPeriodEnd: row.cancelAtPeriodEnd,
        scheduled:
          row.scheduledPlanId === null
            ? null
            : {
                planId: row.scheduledPlanId,
                interval: String(row.scheduledInterval),
                seats: row.scheduledSeats ?? 0,
                at: row.scheduledAt?.toISOString() ?? '',
              },
        discount: row.discount && { ...row.discount, amountOff: row.discount.amountOff?.amount ?? null },
      }
    : null
  if (kept && truth.subscription) {
    for (const field of Object.keys(truth.subscription) as (keyof ExpectedSubscription)[])
      mustEqual(kept[field], truth.subscription[field], `subscription.${field} differs`)
  }
  mustEqual(kept, truth.subscription, 'The subscription differs')

  const rows = await db.select().from(invoice).where(eq(invoice.organizationId, id))
  const invoices = new Map<string, ExpectedInvoice>(
    rows.map((row) => [
      row.stripeInvoiceId,
      {
        stripeInvoiceId: row.stripeInvoiceId,
        number: row.number,
        status: row.status,
        total: row.total,
        amountDue: row.amountDue,
        refunded: row.refunded,
        currency: row.currency,
        paidAt: row.paidAt?.toISOString() ?? null,
        attempts: row.attempts,
        hostedUrl: row.hostedUrl,
      },
    ]),
  )
  for (const expected of truth.invoices) {
    const known = invoices.get(expected.stripeInvoiceId)
    must(known !== undefined, `The invoice ${expected.stripeInvoiceId} (${expected.status}) is not known`)
    for (const field of Object.keys(expected) as (keyof ExpectedInvoice)[])
      mustEqual(known[field], expected[field], `invoice.${field} of ${expected.stripeInvoiceId} differs`)
  }
  mustEqual(rows.length, truth.invoices.length, 'The product has invoices that Stripe has not')
}

/** What people see of it, entitlement above all. `told`: when Stripe spoke of it last, in seconds. */
export async function checkAnswers({ client }: Tenant, truth: Truth, told: number): Promise<void> {
  const [answer, entitlements] = await Promise.all([client.getSubscription(), client.getEntitlements()])
  const { subscription: expected } = truth
  const ended = !expected || expected.status === 'canceled'
  mustEqual(answer.status, expected?.status ?? 'active', 'getSubscription.status differs')
  mustEqual(answer.planId, ended ? 'free' : expected.planId, 'getSubscription.planId differs')
  if (!ended) mustEqual(answer.seats, expected.seats, 'getSubscription.seats differs')
  const plans = entitledPlans(truth, told)
  must(plans.has(answer.entitledPlanId), `Entitled to ${answer.entitledPlanId} instead of ${[...plans].join(' or ')}`)
  must(
    plans.has(entitlements.planId),
    `getEntitlements says ${entitlements.planId} instead of ${[...plans].join(' or ')}`,
  )
}

/**
 * Free after seven days without the money, never before. By Stripe's clock, of which the product hears with what Stripe
 * tells: between what it heard last and now it may be either.
 */
export function entitledPlans({ subscription: expected, failedSince, now }: Truth, told: number): Set<string> {
  if (!expected) return new Set(['free'])
  switch (expected.status) {
    case 'active':
    case 'trialing':
      return new Set([expected.planId])
    case 'past_due': {
      if (failedSince === null) return new Set([expected.planId])
      const end = failedSince + GRACE_SECONDS
      return new Set([told, now].map((moment) => (moment < end ? expected.planId : 'free')))
    }
    case 'unpaid':
    case 'incomplete':
    case 'canceled':
      return new Set(['free'])
  }
}

/** What others were told of it. */
export async function checkTold({ app }: House, { id }: Tenant, truth: Truth, told: number): Promise<void> {
  const { db } = app.contextFor('billing')
  const { outbox } = kernelTables('billing')
  // Of all who lived here before, too: only what is about this one is fetched.
  const rows = await db
    .select({ type: outbox.type, payload: outbox.payload })
    .from(outbox)
    .where(
      and(
        eq(outbox.kind, 'event'),
        eq(outbox.listener, 'notifications'),
        sql`${outbox.payload}->>'organizationId' = ${id}`,
      ),
    )
    .orderBy(outbox.id)
  const mine = rows.map(({ type, payload }) => ({ type, payload: payload as Record<string, unknown> }))
  const of = (type: string) => mine.filter((event) => event.type === type).map(({ payload }) => payload)

  const changes = of('billing.subscription.changed.v1')
  for (const [at, change] of changes.entries())
    must(at === 0 || !isDeepStrictEqual(change, changes[at - 1]), `Told twice in a row: ${JSON.stringify(change)}`)
  const { subscription: expected } = truth
  const ended = !expected || expected.status === 'canceled'
  const last = changes.at(-1)
  if (last) {
    mustEqual(
      { planId: last.planId, status: last.status, ...(!ended && { seats: last.seats }) },
      {
        planId: ended ? 'free' : expected.planId,
        status: expected?.status ?? 'active',
        ...(!ended && { seats: expected.seats }),
      },
      'The last subscriptionChanged is not how it is',
    )
    const plans = entitledPlans(truth, told)
    must(
      plans.has(String(last.entitledPlanId)),
      `Listeners were told of ${String(last.entitledPlanId)} instead of ${[...plans].join(' or ')}`,
    )
  } else must(!expected, 'Nobody was ever told of the subscription')

  const ids = new Map(
    (await db.select().from(invoice).where(eq(invoice.organizationId, id))).map((row) => [row.id, row.stripeInvoiceId]),
  )
  const paid = of('billing.invoice.paid.v1').map(({ invoiceId }) => ids.get(String(invoiceId)))
  const payments = truth.invoices.filter(({ status, total }) => status === 'paid' && total > 0)
  mustEqual(
    paid.toSorted(),
    payments.map(({ stripeInvoiceId }) => stripeInvoiceId).toSorted(),
    'Of other payments was told than there were',
  )
  const failures = of('billing.invoice.payment_failed.v1').map(
    ({ invoiceId, attempt }) => `${ids.get(String(invoiceId))} ${String(attempt)}`,
  )
  must(new Set(failures).size === failures.length, `A failed attempt was told twice: ${failures.join(', ')}`)
  for (const failure of truth.failures)
    must(
      failures.includes(failure),
      `Nobody was told of the failed attempt ${failure}, only of [${failures.join(', ')}]`,
    )

  const endings = of('billing.trial.ending.v1').map(({ trialEndsAt }) => String(trialEndsAt))
  must(new Set(endings).size === endings.length, `The end of a trial was told twice: ${endings.join(', ')}`)
  const soon = endOfTrial(truth, told)
  if (soon !== null) must(endings.includes(soon), `Nobody was told of the trial that ends at ${soon}`)
}

/** The end of a trial that is about to be paid for, in three days by what the product knows of the time; else null. */
function endOfTrial({ current }: Truth, told: number): string | null {
  if (current?.status !== 'trialing' || current.cancel_at_period_end || current.cancel_at !== null) return null
  const end = current.trial_end ?? 0
  return told < end && end - told <= NOTICE_SECONDS ? new Date(end * 1000).toISOString() : null
}

/** One seat for each member, never fewer than the minimum, while anybody is subscribed. */
export function checkSeats({ members }: Tenant, { current }: Truth): void {
  if (!current || !['active', 'trialing', 'past_due'].includes(current.status)) return
  mustEqual(seatsFor(members, current), seatItem(current).quantity, 'Seats are not those of the members')
}

export function seatsFor(members: number, { metadata }: Stripe.Subscription): number {
  return Math.max(members, Number(metadata.minimumSeats ?? 1))
}

/** What was used is in the ledger once, and what of it is charged is at Stripe's meter once. */
export async function checkUsage({ app }: House, { id, used, stripe, customerId, now }: Life): Promise<void> {
  const { db } = app.contextFor('billing')
  const entries = await db.select().from(usageEntry).where(eq(usageEntry.organizationId, id))
  mustEqual(total(entries), used, 'The ledger has another sum than was used')
  const charged = entries.filter(({ stripeCustomerId }) => stripeCustomerId !== null)
  const customer = await customerId()
  if (charged.length === 0 || customer === undefined) return
  const [meter] = (await stripe.billing.meters.list({ limit: 1 })).data
  must(meter !== undefined, 'Something is charged, and Stripe has no meter')
  const end = (Math.floor((await now()) / 60) + 1) * 60
  const whose = { customer, start_time: end - 3 * 366 * 86_400, end_time: end, limit: 100 }
  const sums = await stripe.billing.meters.listEventSummaries(meter.id, whose).autoPagingToArray({ limit: 10_000 })
  mustEqual(
    total(charged),
    sums.reduce((sum, { aggregated_value: value }) => sum + value, 0),
    'The ledger has charged another sum than the meter',
  )
}

function total(entries: readonly { quantity: number }[]): number {
  return entries.reduce((sum, { quantity }) => sum + quantity, 0)
}
