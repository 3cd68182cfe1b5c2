import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import type { BillingContext } from './context.ts'
import { usageDay, usageEntry } from './schema.ts'
import { holdCustomer } from './usage-ledger.ts'

/** Years. What is paid once a year is paid at its end, and there is another one in which that may be disputed. */
const KEPT = 2

/** Of what was used before that, the sums of its periods are enough. By then all of it was told Stripe, or given up. */
export async function forgetUsage(ctx: BillingContext): Promise<void> {
  let days: Day[]
  do {
    days = await ctx.db
      .select()
      .from(usageDay)
      .where(lt(usageDay.day, sql`(now() at time zone 'UTC')::date - ${KEPT} * interval '1 year'`))
      .orderBy(asc(usageDay.day))
      .limit(BATCH)
    for (const day of days) await forgetDay(day, ctx)
  } while (days.length === BATCH)
}

type Day = typeof usageDay.$inferSelect

const BATCH = 1_000

async function forgetDay({ organizationId, meterId, day }: Day, { withTx }: BillingContext): Promise<void> {
  const [from, to] = [new Date(day), new Date(new Date(day).getTime() + DAY)]
  const entries = and(
    eq(usageEntry.organizationId, organizationId),
    eq(usageEntry.meterId, meterId),
    gte(usageEntry.usedAt, from),
    lt(usageEntry.usedAt, to),
  )
  const row = and(eq(usageDay.organizationId, organizationId), eq(usageDay.meterId, meterId), eq(usageDay.day, day))
  await withTx(async (tx) => {
    await holdCustomer(tx, organizationId)
    await tx.delete(usageEntry).where(entries)
    await tx.delete(usageDay).where(row)
  })
}

/** Milliseconds. */
const DAY = 86_400_000
