import { inArray, lt, lte, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { requestConvergence } from './converge.ts'
import { checkout, customer, stripeEvent } from './schema.ts'
import { syncCatalogue } from './stripe/catalogue.ts'

interface Schedule {
  name: string
  cron: string
  run: (ctx: BillingContext) => Promise<void>
}

export const schedules: Schedule[] = [
  { name: 'sync-plans', cron: '13 * * * *', run: async (ctx) => void (await syncCatalogue(ctx)) },
  { name: 'look-at-checkouts', cron: '* * * * *', run: lookAtCheckouts },
  { name: 'forget-events', cron: '43 3 * * *', run: forgetEvents },
]

/**
 * Asks what became of checkouts of which nobody told us, in case webhooks were lost: after one minute, two, four and
 * so on, until Stripe says that they are over.
 */
export async function lookAtCheckouts(ctx: BillingContext): Promise<void> {
  await ctx.withTx(async (tx) => {
    const due = await tx
      .update(checkout)
      .set({ checkAt: sql`now() + (now() - ${checkout.createdAt})` })
      .where(lte(checkout.checkAt, sql`now()`))
      .returning({ organizationId: checkout.organizationId })
    const whose = [...new Set(due.map(({ organizationId }) => organizationId))]
    if (whose.length > 0) await requestConvergence(tx, inArray(customer.organizationId, whose))
  })
}

/** Stripe repeats an event for three days; after sixty nobody needs to know that it came. */
export async function forgetEvents({ db }: BillingContext): Promise<void> {
  await db.delete(stripeEvent).where(lt(stripeEvent.receivedAt, sql`now() - interval '60 days'`))
}
