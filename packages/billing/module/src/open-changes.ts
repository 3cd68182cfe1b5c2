import type { Interval } from '@lightpress/billing-contract'
import type { Tx } from '@lightpress/kernel'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { lockCustomer } from './customers.ts'
import type { PaidPlanId } from './plans.ts'
import { changeSuperseded } from './refusals.ts'
import { change } from './schema.ts'

// An organisation has one choice at a time. A choice that was claimed may be taking effect at Stripe at this moment, so
// until the claim is over no other one begins. One that is not claimed has asked for nothing that changes anything, or
// was left behind by a process that was killed and whose last request is long over: another choice may end it, because
// before it asks for anything it has to be claimed, and what has ended cannot be. Whoever begins after that reads the
// subscription after that as well, with whatever the one before did to it.

export type ChangeRow = typeof change.$inferSelect

interface Wanted {
  planId: PaidPlanId
  interval: Interval
  minimumSeats: number | null
  /** The preview that was confirmed; null without one. */
  at: string | null
}

/**
 * The change that was begun last, if it is for the same. A preview is confirmed once, so with one it may have been done
 * already; without one it is the same only while it is open, and no more after the hour that a preview would be good.
 */
export async function findOpenChange(
  tx: Tx,
  organizationId: string,
  { planId, interval, minimumSeats, at }: Wanted,
): Promise<ChangeRow | undefined> {
  const [latest] = await tx
    .select({ row: change, isRecent: sql<boolean>`${change.createdAt} > now() - interval '1 hour'` })
    .from(change)
    .where(eq(change.organizationId, organizationId))
    .orderBy(desc(change.createdAt), desc(change.id))
    .limit(1)
  if (!latest || latest.row.failure !== null) return undefined
  const { row, isRecent } = latest
  const isSame = row.planId === planId && row.interval === interval && row.minimumSeats === minimumSeats
  const isMeant = at === null ? row.endedAt === null && isRecent : row.prorateAt.getTime() === Date.parse(at)
  return isSame && isMeant ? row : undefined
}

/** Ends what was begun and not finished; refused while it may be taking effect. The caller holds the customer's lock. */
export async function supersedeOpen(tx: Tx, organizationId: string): Promise<void> {
  const open = and(eq(change.organizationId, organizationId), isNull(change.endedAt))
  const claimed = sql`${change.claimedUntil} > clock_timestamp()`
  const [busy] = await tx.select({ id: change.id }).from(change).where(and(open, claimed)).limit(1)
  if (busy) throw changeSuperseded()
  await tx
    .update(change)
    .set({ endedAt: sql`now()`, failure: 'billing.change_superseded' })
    .where(open)
}

/** Milliseconds that a request which began at the deadline may still take: two tries, and the wait between them. */
const LAST_REQUEST = 9_000

/** Before Stripe is asked to change anything: from now on, for as long as that may take, no other choice begins. */
export async function claim({ id, organizationId }: ChangeRow, ctx: BillingContext): Promise<void> {
  const seconds = (ctx.deadline - Date.now() + LAST_REQUEST) / 1000
  await ctx.withTx(async (tx) => {
    await lockCustomer(tx, organizationId)
    const [claimed] = await tx
      .update(change)
      .set({ claimedUntil: sql`clock_timestamp() + make_interval(secs => ${seconds})` })
      .where(and(eq(change.id, id), isNull(change.endedAt)))
      .returning({ id: change.id })
    if (!claimed) throw changeSuperseded()
  })
}

/** Before anything was asked for. While it is claimed it may be done all the same: by a twin of this request. */
export async function endUnclaimed(id: string, failure: string, { db }: BillingContext): Promise<void> {
  const isClaimed = sql`${change.claimedUntil} > clock_timestamp()`
  await db
    .update(change)
    .set({ endedAt: sql`now()`, failure })
    .where(and(eq(change.id, id), isNull(change.endedAt), sql`${isClaimed} is not true`))
}

/** `failure`: the reason with which it was refused. What has ended stays as it ended. */
export async function endChange(id: string, failure: string | null, { db }: BillingContext): Promise<void> {
  await db
    .update(change)
    .set({ endedAt: sql`now()`, failure })
    .where(and(eq(change.id, id), isNull(change.endedAt)))
}
