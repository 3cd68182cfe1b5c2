import type { Db, Tx } from '@lightpress/kernel'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import { usageDay, usageTotal } from './schema.ts'

/** Of what there is one sum: what was used of a meter in a period, charged or not. */
export type Total = Omit<typeof usageTotal.$inferSelect, 'used' | 'shippingAskedAt'>

export async function countUsed(db: Db, total: Total): Promise<number> {
  const [found] = await db.select({ used: usageTotal.used }).from(usageTotal).where(isTotal(total))
  return found?.used ?? 0
}

/** Whoever adds to the same total after this waits for this transaction's end. Answers the total with it. */
export async function addUsed(tx: Tx, total: Total, { quantity, usedAt }: { quantity: number; usedAt: Date }) {
  const [sum] = await tx
    .insert(usageTotal)
    .values({ ...total, used: quantity })
    .onConflictDoUpdate({
      target: [usageTotal.organizationId, usageTotal.meterId, usageTotal.periodStart, usageTotal.charged],
      set: { used: sql`${usageTotal.used} + ${quantity}` },
    })
    .returning({ used: usageTotal.used, shippingAskedAt: usageTotal.shippingAskedAt })
  const { organizationId, meterId } = total
  await tx
    .insert(usageDay)
    .values({ organizationId, meterId, day: dayOf(usedAt), used: quantity })
    .onConflictDoUpdate({
      target: [usageDay.organizationId, usageDay.meterId, usageDay.day],
      set: { used: sql`${usageDay.used} + ${quantity}` },
    })
  return sum as NonNullable<typeof sum>
}

export function isTotal({ organizationId, meterId, periodStart, charged }: Total): SQL | undefined {
  return and(
    eq(usageTotal.organizationId, organizationId),
    eq(usageTotal.meterId, meterId),
    eq(usageTotal.periodStart, periodStart),
    eq(usageTotal.charged, charged),
  )
}

/** In UTC, as `2027-05-05`. */
export function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10)
}
