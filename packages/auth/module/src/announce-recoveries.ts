import { recoveryDue } from '@lightpress/auth-contract'
import { publish } from '@lightpress/kernel'
import { and, asc, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { isWaiting } from './recovery.ts'
import { recovery } from './schema.ts'

const BATCH = 100

/** Has everybody told whose recovery waited long enough, once. Two processes at it share the work. */
export async function announceRecoveries(ctx: AuthContext): Promise<void> {
  while ((await announceSome(ctx)) === BATCH);
}

async function announceSome(ctx: AuthContext): Promise<number> {
  return ctx.withTx(async (tx) => {
    const due = await tx
      .select({ recoveryId: recovery.id })
      .from(recovery)
      .where(and(isWaiting(), isNull(recovery.announcedAt), lte(recovery.availableAt, sql`now()`)))
      .orderBy(asc(recovery.availableAt))
      .limit(BATCH)
      .for('update', { skipLocked: true })
    if (due.length === 0) return 0
    const ids = due.map(({ recoveryId }) => recoveryId)
    await tx
      .update(recovery)
      .set({ announcedAt: sql`now()` })
      .where(inArray(recovery.id, ids))
    for (const one of due) await publish(tx, recoveryDue, one)
    return due.length
  })
}
