import type { Tx } from '@lightpress/kernel'
import { asc, eq, or } from 'drizzle-orm'
import { account, session } from './schema.ts'

/**
 * Keeps an account as it is for whoever else would change it or sign in to it, until the transaction ends. Undefined
 * where there is none. After addresses (see `holdAddress`) and before sessions, so that no two wait for each other.
 */
export async function holdAccount(tx: Tx, userId: string): Promise<typeof account.$inferSelect | undefined> {
  // Rows that only point at the account may be written meanwhile.
  const [held] = await tx.select().from(account).where(eq(account.userId, userId)).for('no key update')
  return held
}

/**
 * Keeps whoever renews, ends or begins something of a person from going on until the transaction ends, which may delete
 * all of it: their account, and the sessions that are theirs or that they act in, which a refresh holds without it.
 */
export async function holdAllOf(tx: Tx, userId: string): Promise<void> {
  // Not as `holdAccount` does, because what is to be deleted would have to be locked again, after the rows.
  await tx.select({ userId: account.userId }).from(account).where(eq(account.userId, userId)).for('update')
  await tx
    .select({ id: session.id })
    .from(session)
    .where(or(eq(session.userId, userId), eq(session.impersonatorId, userId)))
    // In the order of `closeImpersonationsBy`.
    .orderBy(asc(session.id))
    .for('update')
}
