import { and, eq, gte, isNull, lt, lte } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { usageEntry } from './schema.ts'
import { readUsage } from './stripe/meters.ts'
import { abandon, clockOf, forgottenBefore, isOpen, type UsageEntry } from './usage-ledger.ts'

/**
 * Decides about what was sent so long ago, with no answer, that Stripe may have forgotten its identifier: sent again, it
 * could be charged twice. Stripe says how much it has counted in a minute; where the ledger can tell from that what it has
 * of them, they have arrived or are sent anew. Else they stay as they are, and are shown as drift.
 */
export async function settleUsage(organizationId: string, ctx: BillingContext): Promise<void> {
  const clock = await clockOf(organizationId, ctx)
  const isForgotten = lte(usageEntry.triedAt, forgottenBefore(clock()))
  const doubtful = await ctx.db
    .select()
    .from(usageEntry)
    .where(and(eq(usageEntry.organizationId, organizationId), isOpen, isForgotten))
  const minutes = Map.groupBy(doubtful, (entry) =>
    JSON.stringify([entry.stripeCustomerId, entry.meterId, minuteOf(entry)]),
  )
  for (const entries of minutes.values()) await settleMinute(entries, clock(), ctx.nextStep())
}

async function settleMinute(entries: UsageEntry[], now: Date, ctx: BillingContext): Promise<void> {
  const [first] = entries
  if (!first || first.stripeCustomerId === null) return
  const { organizationId, meterId, stripeCustomerId: customerId } = first
  const from = new Date(minuteOf(first))
  const to = new Date(minuteOf(first) + MINUTE)
  const theirs = await readUsage({ meterId, customerId, from, to }, ctx)
  const all = await ctx.db
    .select()
    .from(usageEntry)
    .where(
      and(
        eq(usageEntry.organizationId, organizationId),
        eq(usageEntry.meterId, meterId),
        eq(usageEntry.stripeCustomerId, customerId),
        isNull(usageEntry.abandonedBecause),
        gte(usageEntry.usedAt, from),
        lt(usageEntry.usedAt, to),
      ),
    )
  const verdict = theirs === null ? 'customer_gone' : judge({ theirs, doubtful: entries, all, now })
  for (const entry of entries) await close(entry, { verdict, now }, ctx)
}

/** Milliseconds after which what Stripe took is in its sums for certain. */
export const COUNTED_AFTER = 3_600_000

/** What became of all that is doubtful in a minute, by what Stripe has counted of it. */
export function judge({
  theirs,
  doubtful,
  all,
  now,
}: {
  theirs: number
  doubtful: readonly Pick<UsageEntry, 'id' | 'quantity'>[]
  all: readonly Pick<UsageEntry, 'id' | 'quantity' | 'triedAt' | 'shippedAt'>[]
  now: Date
}): 'arrived' | 'lost' | 'unclear' {
  const others = all.filter(({ id }) => !doubtful.some((entry) => entry.id === id))
  const isSure = ({ triedAt, shippedAt }: Pick<UsageEntry, 'triedAt' | 'shippedAt'>) =>
    shippedAt ? shippedAt.getTime() + COUNTED_AFTER <= now.getTime() : triedAt === null
  // Of others it is not known what of them is in the sum.
  if (!others.every(isSure)) return 'unclear'
  const shipped = sum(others.filter(({ shippedAt }) => shippedAt !== null))
  if (theirs === shipped + sum(doubtful)) return 'arrived'
  return theirs === shipped ? 'lost' : 'unclear'
}

/** Milliseconds: Stripe takes nothing that was used longer ago. */
export const TAKEN_FOR = 35 * 86_400_000

async function close(
  entry: UsageEntry,
  { verdict, now }: { verdict: ReturnType<typeof judge> | 'customer_gone'; now: Date },
  ctx: BillingContext,
): Promise<void> {
  const mine = and(eq(usageEntry.id, entry.id), isOpen)
  switch (verdict) {
    case 'arrived':
      return void (await ctx.db.update(usageEntry).set({ shippedAt: now }).where(mine))
    case 'lost':
      return void (await ctx.db.update(usageEntry).set({ triedAt: null }).where(mine))
    case 'customer_gone':
      return abandon(entry, verdict, ctx)
    case 'unclear':
      // Nobody is charged twice: when it cannot be sent any more, it is given up.
      if (entry.usedAt.getTime() + TAKEN_FOR < now.getTime()) await abandon(entry, verdict, ctx)
  }
}

const MINUTE = 60_000

function minuteOf({ usedAt }: UsageEntry): number {
  return usedAt.getTime() - (usedAt.getTime() % MINUTE)
}

function sum(entries: readonly Pick<UsageEntry, 'quantity'>[]): number {
  return entries.reduce((total, { quantity }) => total + quantity, 0)
}
