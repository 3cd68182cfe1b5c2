import type { Subscription } from '@lightpress/billing-contract'
import { eq } from 'drizzle-orm'
import { organizationOf } from '@lightpress/kernel'
import type { BillingContext } from './context.ts'
import { isEnded } from './current-subscription.ts'
import { subscription } from './schema.ts'

export type SubscriptionRow = typeof subscription.$inferSelect

export async function getSubscription(_input: object, ctx: BillingContext): Promise<Subscription> {
  const organizationId = organizationOf(ctx)
  const [row] = await ctx.db.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  return { organizationId, ...toSubscription(row) }
}

/** No row is the free plan; of a subscription that has ended only that is left to say. */
export function toSubscription(row: SubscriptionRow | undefined): Omit<Subscription, 'organizationId'> {
  if (!row || isEnded(row.status)) {
    return {
      planId: 'free',
      status: row?.status ?? 'active',
      interval: null,
      seats: 1,
      price: null,
      currentPeriodEnd: null,
      cancelAtPeriodEnd: false,
    }
  }
  const { unitAmount, currency } = row
  return {
    planId: row.planId,
    status: row.status,
    interval: row.interval,
    seats: row.seats,
    price: unitAmount === null ? null : { amount: unitAmount, currency },
    currentPeriodEnd: row.currentPeriodEnd.toISOString(),
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
  }
}
