import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import { account } from './schema.ts'

/**
 * Keeps an account as it is for whoever else would change it or sign in to it, until the transaction ends. Undefined
 * where there is none. After addresses (see `holdAddress`) and before sessions, so that no two wait for each other.
 */
export async function holdAccount(tx: Tx, userId: string): Promise<typeof account.$inferSelect | undefined> {
  // Rows that only point at the account may be written meanwhile.
  const [held] = await tx.select().from(account).where(eq(account.userId, userId)).for('no key update')
  return held
}
