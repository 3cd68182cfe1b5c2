import { prepared, organizationOf } from '@lightpress/kernel'
import type { Entitlements, PlanId } from '@lightpress/billing-contract'
import type { Input, Output } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import type { BillingContext, Ops } from './context.ts'
import { entitledPlan, nowFor } from './grace.ts'
import { features, limits } from './plans.ts'
import { customer, subscription } from './schema.ts'

/** For other modules; their processes may answer it from memory. */
export function readEntitlements(
  { organizationId }: Input<Ops['readEntitlements']>,
  ctx: BillingContext,
): Promise<Output<Ops['readEntitlements']>> {
  return findEntitlements(organizationId, ctx)
}

export function getEntitlements(_input: object, ctx: BillingContext): Promise<Output<Ops['getEntitlements']>> {
  return findEntitlements(organizationOf(ctx), ctx)
}

/** What has no subscription, or none that is paid for, is on the free plan. */
export async function findEntitlements(organizationId: string, { db }: BillingContext): Promise<Entitlements> {
  const [standing] = await standingOf(db).execute({ organizationId })
  return entitlementsOf(entitledPlan(standing, nowFor(standing?.clockAt)))
}

export function entitlementsOf(planId: PlanId): Entitlements {
  return { planId, limits: limits[planId], features: features[planId] }
}

const standingOf = prepared((db) =>
  db
    .select({
      planId: subscription.planId,
      status: subscription.status,
      pastDueSince: subscription.pastDueSince,
      clockAt: customer.clockAt,
    })
    .from(subscription)
    .innerJoin(customer, eq(customer.organizationId, subscription.organizationId))
    .where(eq(subscription.organizationId, sql.placeholder('organizationId')))
    .prepare('read_entitlements'),
)
