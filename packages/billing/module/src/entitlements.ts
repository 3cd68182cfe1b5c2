import type { billing } from '@lightpress/billing-contract'
import type { Input, Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { isSubscribed } from './current-subscription.ts'
import { limits } from './plans.ts'
import { subscription } from './schema.ts'

type Ops = (typeof billing)['operations']

/** What has no subscription, or none that counts, is on the free plan. */
export async function readEntitlements(
  { organizationId }: Input<Ops['readEntitlements']>,
  ctx: BillingContext,
): Promise<Output<Ops['readEntitlements']>> {
  const [row] = await ctx.db.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  const planId = row && isSubscribed(row.status) ? row.planId : 'free'
  return { planId, limits: limits[planId] }
}
