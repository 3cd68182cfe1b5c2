import type { Db, Tx } from '@lightpress/kernel'
import { and, eq, gt, lte, not, or, sql, type SQL } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { GRACE, nowFor, TRIAL_NOTICE } from './grace.ts'
import { seenAt, tellChange } from './record.ts'
import { customer, subscription } from './schema.ts'

/** Tells what nothing but time brings: that grace is over, that a trial is about to be. Each once, however many look. */
export async function lookAtTime(ctx: BillingContext): Promise<void> {
  for (const organizationId of await findDue(ctx.db)) await ctx.withTx((tx) => noticeTime(tx, organizationId, ctx))
}

/**
 * Those of whom there may be something to tell; whether there is, is decided under their lock. By our clock an index says
 * who they are; those who live by another one that is ahead of ours are few, and looked at one by one.
 */
async function findDue(db: Db): Promise<string[]> {
  const ours = isDue(sql`${new Date()}::timestamptz`)
  const theirs = isDue(sql`${customer.clockAt}`)
  const found = db
    .select({ organizationId: subscription.organizationId })
    .from(subscription)
    .where(ours.graceOver)
    .union(db.select({ organizationId: subscription.organizationId }).from(subscription).where(ours.trialEnding))
    .union(
      db
        .select({ organizationId: subscription.organizationId })
        .from(customer)
        .innerJoin(subscription, eq(subscription.organizationId, customer.organizationId))
        .where(and(gt(customer.clockAt, new Date()), or(theirs.graceOver, theirs.trialEnding))),
    )
  return (await found).map(({ organizationId }) => organizationId)
}

/** In the words of the indexes, which forget whom was told. */
function isDue(now: SQL) {
  return {
    graceOver: and(
      eq(subscription.status, 'past_due'),
      not(subscription.graceOver),
      lte(subscription.pastDueSince, sql`${now} - ${GRACE} * interval '1 millisecond'`),
    ),
    trialEnding: and(
      eq(subscription.status, 'trialing'),
      not(subscription.cancelAtPeriodEnd),
      sql`${subscription.trialToldFor} is distinct from ${subscription.trialEnd}`,
      gt(subscription.trialEnd, now),
      lte(subscription.trialEnd, sql`${now} + ${TRIAL_NOTICE} * interval '1 millisecond'`),
    ),
  }
}

async function noticeTime(tx: Tx, organizationId: string, ctx: BillingContext): Promise<void> {
  const mine = eq(subscription.organizationId, organizationId)
  // Locked first and read then: who waited for another sees what that one told. Whoever was erased meanwhile is gone.
  const [standing] = await tx
    .select({ clockAt: customer.clockAt })
    .from(customer)
    .where(eq(customer.organizationId, organizationId))
    .for('update')
  const [before] = await tx.select().from(subscription).where(mine)
  if (!standing || !before) return
  const after = seenAt(before, nowFor(standing.clockAt))
  await tx.update(subscription).set({ graceOver: after.graceOver, trialToldFor: after.trialToldFor }).where(mine)
  await tellChange(tx, { organizationId, before, after }, ctx)
}
