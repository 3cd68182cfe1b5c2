import { isDeepStrictEqual } from 'node:util'
import { subscriptionChanged, trialEnding } from '@lightpress/billing-contract'
import { publish, type Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { currentOf, isSubscribed } from './current-subscription.ts'
import { entitledPlan, isGraceOver, pastDueSinceOf, trialEndsSoon } from './grace.ts'
import { requestSeats } from './requests.ts'
import { customer, subscription } from './schema.ts'
import type { FoundInvoice } from './stripe/invoice-readings.ts'
import type { FoundSubscription } from './stripe/readings.ts'
import { toSubscription, type SubscriptionRow } from './subscriptions.ts'

/** What was read of a customer. */
export interface Reading {
  organizationId: string
  /** What trials and grace are measured by. */
  now: Date
  subscriptions: FoundSubscription[]
  invoices: FoundInvoice[]
}

/** Writes down the subscription that counts; tells listeners if they would see a difference. */
export async function recordSubscription(tx: Tx, reading: Reading, ctx: BillingContext): Promise<void> {
  const { organizationId, now, subscriptions } = reading
  const several = subscriptions.filter(({ status }) => isSubscribed(status)).map(({ id }) => id)
  if (several.length > 1) ctx.log.error({ organizationId, subscriptions: several }, 'subscribed more than once')

  const mine = eq(subscription.organizationId, organizationId)
  const [before] = await tx.select().from(subscription).where(mine)
  const found = toRow(reading, before)
  const after = found && seenAt(found, now)
  if (after) {
    await tx.insert(subscription).values(after).onConflictDoUpdate({ target: subscription.organizationId, set: after })
  } else {
    await tx.delete(subscription).where(mine)
  }
  await tellChange(tx, { organizationId, before, after }, ctx)
  if (hasOtherSeats(before, after)) await requestSeats(tx, eq(customer.organizationId, organizationId))
}

/** Who joined while somebody was paying has no seat yet; and what somebody wrote at Stripe by hand may be wrong. */
function hasOtherSeats(before: SubscriptionRow | undefined, after: SubscriptionRow | undefined): boolean {
  if (!after || !isSubscribed(after.status)) return false
  if (before?.stripeSubscriptionId !== after.stripeSubscriptionId || !isSubscribed(before.status)) return true
  return (['seats', 'minimumSeats', 'scheduledSeats'] as const).some((name) => before[name] !== after[name])
}

/** A row as it is now that time has passed: the end of grace and of a trial are in it, so that each is told once. */
export function seenAt(row: SubscriptionRow, now: Date): SubscriptionRow {
  return {
    ...row,
    graceOver: isGraceOver(row, now),
    trialToldFor: trialEndsSoon(row, now) ? row.trialEnd : row.trialToldFor,
  }
}

/** Publishes what a listener would see of a difference; whoever remembers what can be used is told of that, too. */
export async function tellChange(
  tx: Tx,
  { organizationId, before, after }: Change,
  ctx: BillingContext,
): Promise<void> {
  const is = seenBy(after)
  if (!isDeepStrictEqual(seenBy(before), is)) await publish(tx, subscriptionChanged, { organizationId, ...is })
  if (!isDeepStrictEqual(standingOf(before), standingOf(after)))
    ctx.invalidate(tx, 'readEntitlements', { organizationId })
  if (after?.trialToldFor && before?.trialToldFor?.getTime() !== after.trialToldFor.getTime()) {
    const { planId, hasPaymentMethod } = after
    const trialEndsAt = after.trialToldFor.toISOString()
    await publish(tx, trialEnding, { organizationId, planId, trialEndsAt, hasPaymentMethod })
  }
}

interface Change {
  organizationId: string
  before: SubscriptionRow | undefined
  after: SubscriptionRow | undefined
}

/** Whether grace is over is taken from the row: it is told by whoever finds it, a reading or the clock. */
function seenBy(row: SubscriptionRow | undefined) {
  const { planId, status, seats } = toSubscription(row)
  const entitledPlanId = row?.graceOver ? ('free' as const) : entitledPlan(row, new Date(0))
  return { planId, status, seats, entitledPlanId }
}

/** What entitlements are made of, beside the time. */
function standingOf(row: SubscriptionRow | undefined) {
  if (!row) return undefined
  const { planId, status, pastDueSince, graceOver } = row
  return { planId, status, pastDueSince, graceOver }
}

function toRow({ organizationId, subscriptions, invoices }: Reading, before: SubscriptionRow | undefined) {
  const found = currentOf(subscriptions)
  if (!found) return undefined
  const { id, createdAt: _, scheduled, ...facts } = found
  return {
    organizationId,
    stripeSubscriptionId: id,
    ...facts,
    scheduledPlanId: scheduled?.planId ?? null,
    scheduledInterval: scheduled?.interval ?? null,
    scheduledSeats: scheduled?.seats ?? null,
    scheduledAt: scheduled?.at ?? null,
    pastDueSince: pastDueSinceOf(found, invoices),
    graceOver: false,
    trialToldFor: before?.stripeSubscriptionId === id ? before.trialToldFor : null,
  } satisfies SubscriptionRow
}
