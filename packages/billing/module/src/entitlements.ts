import type { billing, Limits, PlanId } from '@lightpress/billing-contract'
import type { Input, Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { isSubscribed } from './current-subscription.ts'
import { subscription } from './schema.ts'

type Ops = (typeof billing)['operations']

/** What each plan allows. On a paid one there is a seat for everybody who is there. */
const limits: Record<PlanId, Limits> = {
  free: { members: 5 },
  pro: { members: null },
  business: { members: null },
}

/** What has no subscription, or none that counts, is on the free plan. */
export async function readEntitlements(
  { organizationId }: Input<Ops['readEntitlements']>,
  ctx: BillingContext,
): Promise<Output<Ops['readEntitlements']>> {
  const [row] = await ctx.db.select().from(subscription).where(eq(subscription.organizationId, organizationId))
  const planId = row && isSubscribed(row.status) ? row.planId : 'free'
  return { planId, limits: limits[planId] }
}
