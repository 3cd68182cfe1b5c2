import type { Tx } from '@lightpress/kernel'
import { and, asc, inArray, isNotNull, isNull, lt, lte, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { BillingContext } from './context.ts'
import { lookAtTime } from './passing-time.ts'
import { beginReconciliation } from './reconcile.ts'
import { forgetRuns } from './reconcile-runs.ts'
import { requestContact, requestConvergence, requestSeats, requestSettling } from './requests.ts'
import { checkout, customer, pendingCustomer, stripeEvent, subscription } from './schema.ts'
import { syncCatalogue } from './stripe/catalogue.ts'
import { forgetUsage } from './usage-forgetting.ts'
import { shipForgotten } from './usage-shipping.ts'

interface Schedule {
  name: string
  cron: string
  run: (ctx: BillingContext) => Promise<void>
}

export const schedules: Schedule[] = [
  { name: 'sync-plans', cron: '13 * * * *', run: async (ctx) => void (await syncCatalogue(ctx)) },
  { name: 'look-again', cron: '* * * * *', run: lookAgain },
  { name: 'look-at-time', cron: '* * * * *', run: lookAtTime },
  { name: 'settle-usage', cron: '37 * * * *', run: shipForgotten },
  { name: 'reconcile', cron: '40 2 * * *', run: async (ctx) => void (await beginReconciliation(ctx)) },
  { name: 'forget-reconciliations', cron: '53 3 * * *', run: forgetRuns },
  { name: 'forget-events', cron: '43 3 * * *', run: forgetEvents },
  { name: 'forget-usage', cron: '33 3 * * *', run: forgetUsage },
]

/** One after the other: each locks several customers, and together they could wait for each other. */
async function lookAgain(ctx: BillingContext): Promise<void> {
  await lookAtCheckouts(ctx)
  await askAgain(ctx)
}

/** In a minute, of each kind: after an outage Stripe is not asked about everybody at one moment. */
const AT_ONCE = 200

/**
 * Asks what became of checkouts of which nobody told us, in case webhooks were lost: after one minute, two, four and
 * so on, until Stripe says that they are over.
 */
export async function lookAtCheckouts(ctx: BillingContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    const due = await tx
      .select({ id: checkout.id, organizationId: checkout.organizationId })
      .from(checkout)
      .where(lte(checkout.checkAt, sql`now()`))
      .orderBy(asc(checkout.checkAt))
      .limit(AT_ONCE)
    // The customers first: that is the order in which everybody locks.
    const whose = due.map(({ organizationId }) => organizationId)
    await requestConvergence(tx, inArray(customer.organizationId, whose))
    const ids = due.map(({ id }) => id)
    const age = sql`(now() - ${checkout.createdAt})`
    await tx
      .update(checkout)
      .set({ checkAt: sql`now() + ${age}` })
      .where(and(inArray(checkout.id, ids), isNotNull(checkout.checkAt)))
  })
}

/**
 * Asks again for what was asked for and never done: readings, customers that were announced, the owner whom Stripe is to
 * write to, seats. A job is given up after ten attempts, about eight minutes; Stripe may be away for longer, and nobody tells
 * us twice.
 */
export async function askAgain({ withTx }: BillingContext): Promise<void> {
  const givenUp = sql`now() - interval '10 minutes'`
  const isBehind = and(lt(customer.appliedSequence, customer.dirtySequence), lt(customer.requestedAt, givenUp))
  await withTx(async (tx) => requestConvergence(tx, await oldest(tx, isBehind, customer.requestedAt)))
  await withTx(async (tx) => {
    const isOld = and(isNotWhole(tx), lt(customer.requestedAt, givenUp))
    return requestConvergence(tx, await oldest(tx, isOld, customer.requestedAt))
  })
  const owesContact = lt(customer.contactDueAt, givenUp)
  await withTx(async (tx) => requestContact(tx, await oldest(tx, owesContact, customer.contactDueAt)))
  const owesSeats = lt(customer.seatsDueAt, givenUp)
  await withTx(async (tx) => requestSeats(tx, await oldest(tx, owesSeats, customer.seatsDueAt)))
  await withTx((tx) => requestSettling(tx, lt(pendingCustomer.requestedAt, givenUp)))
}

/** Those who wait longest. Whom somebody works on is passed over: they come a minute later, if there is still a reason. */
async function oldest(tx: Tx, due: SQL | undefined, since: PgColumn): Promise<SQL> {
  const found = await tx
    .select({ organizationId: customer.organizationId })
    .from(customer)
    .where(due)
    .orderBy(asc(since))
    .limit(AT_ONCE)
    .for('update', { skipLocked: true })
  return inArray(
    customer.organizationId,
    found.map(({ organizationId }) => organizationId),
  )
}

/** Whose subscription was written by a version that does not keep all that this one does, before a deployment or during it. */
function isNotWhole(tx: Tx): SQL {
  const whose = tx.select({ organizationId: subscription.organizationId }).from(subscription)
  return inArray(customer.organizationId, whose.where(isNull(subscription.currentPeriodStart)))
}

/** Stripe repeats an event for three days; after sixty nobody needs to know that it came. */
export async function forgetEvents({ db }: BillingContext): Promise<void> {
  await db.delete(stripeEvent).where(lt(stripeEvent.receivedAt, sql`now() - interval '60 days'`))
}
