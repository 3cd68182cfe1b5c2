import type { Tx } from '@lightpress/kernel'
import { and, asc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import { session } from './schema.ts'

// Sessions in which operators act as somebody else belong to that person, and end with whatever ends the person's. They
// end with any of the operator's as well, a stolen one perhaps: by these, in the transaction that ends it.

/** Ends those of an operator, whomever they act as. What this answers is for `revoke`. */
export function closeImpersonationsBy(tx: Tx, operatorId: string): Promise<{ sessionId: string }[]> {
  return close(tx, eq(session.impersonatorId, operatorId))
}

/** Ends those in which others act as this person. What this answers is for `revoke`. */
export function closeImpersonationsOf(tx: Tx, userId: string): Promise<{ sessionId: string }[]> {
  return close(tx, and(eq(session.userId, userId), isNotNull(session.impersonatorId)))
}

async function close(tx: Tx, which: SQL | undefined): Promise<{ sessionId: string }[]> {
  // In one order, because nobody who comes here holds the accounts of all whose sessions they are.
  const live = await tx
    .select({ id: session.id })
    .from(session)
    .where(and(which, isNull(session.endedAt)))
    .orderBy(asc(session.id))
    .for('update')
  if (live.length === 0) return []
  const ids = live.map(({ id }) => id)
  return tx
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(inArray(session.id, ids))
    .returning({ sessionId: session.id })
}
