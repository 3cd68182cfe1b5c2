import { defineJob, enqueue, type Db, type Tx } from '@lightpress/kernel'
import { and, asc, eq, gt, isNotNull, isNull, lt, notExists, or, sql, type SQL } from 'drizzle-orm'
import { z } from 'zod'
import type { BillingContext } from './context.ts'
import { usageEntry, usageTotal } from './schema.ts'
import { isOurMistake } from './stripe/client.ts'
import { reportUsage } from './stripe/meters.ts'
import { abandon, clockOf, forgottenBefore, holdCustomer, isOpen, type Clock, type UsageEntry } from './usage-ledger.ts'
import { settleUsage } from './usage-settling.ts'

/** Tells Stripe of what an organisation used and is charged for. Given up by nobody, however long Stripe is away. */
export const shipUsage = defineJob('ship-usage', z.object({ organizationId: z.uuid() }), ship, { untilDone: true })

/**
 * One entry after the other: Stripe takes one call at a time for a customer and a meter, and refuses what comes beside it
 * (429). What is shipped at the same time is that of several organisations.
 */
async function ship({ organizationId }: { organizationId: string }, ctx: BillingContext): Promise<void> {
  await settleUsage(organizationId, ctx)
  let refused: Error | undefined
  let clock: Clock
  let batch: UsageEntry[] = []
  do {
    clock = await clockOf(organizationId, ctx)
    const [last] = batch.slice(-1)
    batch = await findUnsent(ctx.db, { organizationId, now: clock(), ...(last && { after: last.id }) })
    for (const entry of batch) {
      try {
        await send(entry, clock, ctx.nextStep())
      } catch (error) {
        if (!isOurMistake(error)) throw error
        // It does not stand in the way of what comes after it, and the job comes again for it.
        refused = error
      }
    }
  } while (batch.length === BATCH)
  if (refused !== undefined) throw refused
  await ctx.withTx((tx) => keepPromise(tx, { organizationId, clock }))
}

/** Milliseconds. */
const GATHER = 1_000

/** Promises a job for all that is recorded until it is done: while one is promised in a total, nobody promises another. */
export async function promiseShipping(
  tx: Tx,
  { organizationId, totals }: { organizationId: string; totals: SQL | undefined },
): Promise<void> {
  await tx
    .update(usageTotal)
    .set({ shippingAskedAt: sql`now()` })
    .where(totals)
  await enqueue(tx, shipUsage, { payload: { organizationId }, delay: GATHER })
}

/**
 * A promise is kept once nothing is left; what was recorded meanwhile has another job. Whoever records holds the customer
 * until their commit, so nothing that relies on the promise is on its way and cannot be seen here.
 */
async function keepPromise(tx: Tx, { organizationId, clock }: { organizationId: string; clock: Clock }): Promise<void> {
  const totals = and(eq(usageTotal.organizationId, organizationId), isNotNull(usageTotal.shippingAskedAt))
  await holdCustomer(tx, organizationId)
  const [left] = await findUnsent(tx, { organizationId, now: clock(), atMost: 1 })
  if (left) await promiseShipping(tx, { organizationId, totals })
  else await tx.update(usageTotal).set({ shippingAskedAt: null }).where(totals)
}

/**
 * Promises shipping for what should have been shipped long ago and nobody is about to: what was sent and never answered, and
 * may be settled by now, or whatever else was forgotten. Jobs are not given up, so a promise is taken for lost only after a day.
 */
export async function shipForgotten({ db, withTx }: BillingContext): Promise<void> {
  const promised = db
    .select({ at: usageTotal.shippingAskedAt })
    .from(usageTotal)
    .where(
      and(
        eq(usageTotal.organizationId, usageEntry.organizationId),
        gt(usageTotal.shippingAskedAt, sql`now() - interval '1 day'`),
      ),
    )
  const long = lt(usageEntry.usedAt, sql`now() - interval '1 hour'`)
  const behind = await db
    .selectDistinct({ organizationId: usageEntry.organizationId })
    .from(usageEntry)
    .where(and(isOpen, long, notExists(promised)))
  for (const { organizationId } of behind) {
    const totals = and(eq(usageTotal.organizationId, organizationId), eq(usageTotal.charged, true))
    await withTx((tx) => promiseShipping(tx, { organizationId, totals }))
  }
}

const BATCH = 100

/** In the order in which it was recorded. What was tried too long ago is settled before it is sent again. */
function findUnsent(
  db: Db,
  {
    organizationId,
    now,
    after,
    atMost = BATCH,
  }: { organizationId: string; now: Date; after?: string; atMost?: number },
): Promise<UsageEntry[]> {
  const isKnown = or(isNull(usageEntry.triedAt), gt(usageEntry.triedAt, forgottenBefore(now)))
  const isNext = after === undefined ? undefined : gt(usageEntry.id, after)
  return db
    .select()
    .from(usageEntry)
    .where(and(eq(usageEntry.organizationId, organizationId), isOpen, isKnown, isNext))
    .orderBy(asc(usageEntry.id))
    .limit(atMost)
}

/** First it is written down that it is tried: should the answer be lost, nobody takes it for what was never sent. */
async function send(entry: UsageEntry, clock: Clock, ctx: BillingContext): Promise<void> {
  const { id, meterId, quantity, usedAt, stripeCustomerId, triedAt } = entry
  if (stripeCustomerId === null) return
  const mine = eq(usageEntry.id, id)
  const set = { triedAt: triedAt ?? clock() }
  const [open] = await ctx.db.update(usageEntry).set(set).where(and(mine, isOpen)).returning({ id: usageEntry.id })
  // Another job has sent it meanwhile.
  if (!open) return
  const report = { identifier: id, customerId: stripeCustomerId, meterId, quantity, usedAt }
  const outcome = await reportUsage(report, ctx)
  if (outcome === 'arrived') await ctx.db.update(usageEntry).set({ shippedAt: clock() }).where(mine)
  else await abandon(entry, outcome, ctx)
}
