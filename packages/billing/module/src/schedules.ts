import { and, inArray, lt, lte, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { requestContact } from './contact.ts'
import { requestConvergence } from './converge.ts'
import { requestSettling } from './pending-customers.ts'
import { checkout, customer, pendingCustomer, stripeEvent } from './schema.ts'
import { syncCatalogue } from './stripe/catalogue.ts'

interface Schedule {
  name: string
  cron: string
  run: (ctx: BillingContext) => Promise<void>
}

export const schedules: Schedule[] = [
  { name: 'sync-plans', cron: '13 * * * *', run: async (ctx) => void (await syncCatalogue(ctx)) },
  { name: 'look-again', cron: '* * * * *', run: lookAgain },
  { name: 'forget-events', cron: '43 3 * * *', run: forgetEvents },
]

/** One after the other: each locks several customers, and together they could wait for each other. */
async function lookAgain(ctx: BillingContext): Promise<void> {
  await lookAtCheckouts(ctx)
  await askAgain(ctx)
}

/**
 * Asks what became of checkouts of which nobody told us, in case webhooks were lost: after one minute, two, four and
 * so on, until Stripe says that they are over.
 */
export async function lookAtCheckouts(ctx: BillingContext): Promise<void> {
  const due = lte(checkout.checkAt, sql`now()`)
  await ctx.withTx(async (tx) => {
    // The customers first: that is the order in which everybody locks.
    const whose = tx.select({ organizationId: checkout.organizationId }).from(checkout).where(due)
    await requestConvergence(tx, inArray(customer.organizationId, whose))
    const age = sql`(now() - ${checkout.createdAt})`
    await tx
      .update(checkout)
      .set({ checkAt: sql`now() + ${age}` })
      .where(due)
  })
}

/**
 * Asks again for what was asked for and never done: readings, customers that were announced, the owner whom Stripe is to
 * write to. A job is given up after ten attempts, about eight minutes; Stripe may be away for longer, and nobody tells
 * us twice.
 */
export async function askAgain({ withTx }: BillingContext): Promise<void> {
  const givenUp = sql`now() - interval '10 minutes'`
  const behind = lt(customer.appliedSequence, customer.dirtySequence)
  await withTx((tx) => requestConvergence(tx, sql`${and(behind, lt(customer.requestedAt, givenUp))}`))
  await withTx((tx) => requestContact(tx, lt(customer.contactDueAt, givenUp)))
  await withTx((tx) => requestSettling(tx, lt(pendingCustomer.requestedAt, givenUp)))
}

/** Stripe repeats an event for three days; after sixty nobody needs to know that it came. */
export async function forgetEvents({ db }: BillingContext): Promise<void> {
  await db.delete(stripeEvent).where(lt(stripeEvent.receivedAt, sql`now() - interval '60 days'`))
}
