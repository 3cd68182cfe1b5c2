import type { MeterId } from '@lightpress/billing-contract'
import { and, desc, eq, gt, gte, isNotNull, lt, lte, sql, type SQL } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { customer, usageEntry, usageTotal } from './schema.ts'
import { readUsage } from './stripe/meters.ts'
import { clockOf, forgottenBefore, isOpen } from './usage-ledger.ts'
import { COUNTED_AFTER, TAKEN_FOR } from './usage-settling.ts'

/** What was counted of one meter in the latest period that is charged for. */
export interface UsageDrift {
  meterId: MeterId
  stripeCustomerId: string
  /** [from, to): whole minutes, for Stripe adds up nothing finer. */
  from: Date
  to: Date
  /** What was shipped. */
  ours: number
  /** What Stripe has counted. */
  theirs: number
  /** What was recorded and not shipped yet. */
  waiting: number
  /** More than what is on its way explains: sent within the hour, or sent and not answered. */
  differs: boolean
}

/** Compares the ledger with Stripe, for an organisation that was ever charged for what it used; nothing for others. */
export async function usageDrift(organizationId: string, ctx: BillingContext): Promise<UsageDrift[]> {
  const periods = await ctx.db
    .selectDistinctOn([usageTotal.meterId], { meterId: usageTotal.meterId, start: usageTotal.periodStart })
    .from(usageTotal)
    .where(and(eq(usageTotal.organizationId, organizationId), eq(usageTotal.charged, true)))
    .orderBy(usageTotal.meterId, desc(usageTotal.periodStart))
  if (periods.length === 0) return []
  const [whose] = await ctx.db
    .select({ stripeCustomerId: customer.stripeCustomerId })
    .from(customer)
    .where(eq(customer.organizationId, organizationId))
  if (!whose) return []
  const now = (await clockOf(organizationId, ctx))()
  const drifts: UsageDrift[] = []
  for (const { meterId, start } of periods) {
    const since = Math.max(start.getTime(), now.getTime() - COMPARED)
    const from = new Date(Math.floor(since / MINUTE) * MINUTE)
    const to = new Date((Math.floor(now.getTime() / MINUTE) + 1) * MINUTE)
    const about = { meterId, customerId: whose.stripeCustomerId, from, to }
    const ledger = await readLedger({ ...about, organizationId, now }, ctx)
    const theirs = await readUsage(about, ctx)
    // Without a customer there is nothing to compare.
    if (theirs !== null) drifts.push({ ...toDrift(ledger, theirs), meterId, from, to, ...whose })
  }
  return drifts
}

interface Ledger {
  shipped: number
  /** Of what was shipped, so lately that it need not be in Stripe's sum. */
  recent: number
  waiting: number
  /** Of what waits, that Stripe may have got, and so long ago that nobody may send it again. */
  tried: number
  doubtful: number
}

async function readLedger(
  about: {
    organizationId: string
    meterId: MeterId
    customerId: string
    from: Date
    to: Date
    now: Date
  },
  { db }: BillingContext,
): Promise<Ledger> {
  const { shippedAt, triedAt, quantity, usedAt } = usageEntry
  const lately = new Date(about.now.getTime() - COUNTED_AFTER)
  const sumOf = (which: SQL | undefined) =>
    sql<number>`coalesce(sum(${quantity}) filter (where ${which}), 0)`.mapWith(Number)
  const [ledger] = await db
    .select({
      shipped: sumOf(isNotNull(shippedAt)),
      recent: sumOf(gt(shippedAt, lately)),
      waiting: sumOf(isOpen),
      tried: sumOf(and(isOpen, isNotNull(triedAt))),
      doubtful: sumOf(and(isOpen, lte(triedAt, forgottenBefore(about.now)))),
    })
    .from(usageEntry)
    .where(
      and(
        eq(usageEntry.organizationId, about.organizationId),
        eq(usageEntry.meterId, about.meterId),
        eq(usageEntry.stripeCustomerId, about.customerId),
        gte(usedAt, about.from),
        lt(usedAt, about.to),
      ),
    )
  return ledger as Ledger
}

function toDrift({ shipped, recent, waiting, tried, doubtful }: Ledger, theirs: number) {
  const differs = doubtful > 0 || theirs < shipped - recent || theirs > shipped + tried
  return { ours: shipped, theirs, waiting, differs }
}

/** Milliseconds for which a long period is compared: what is older Stripe takes no more, and was compared every night. */
const COMPARED = TAKEN_FOR + 86_400_000

/** Milliseconds. */
const MINUTE = 60_000
