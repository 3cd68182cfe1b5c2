import type { Tx } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'

/**
 * Holds an address until the transaction ends, so that it cannot become that of two accounts. Comes before the locks of
 * accounts and their rows.
 */
export async function holdAddress(tx: Tx, emailKey: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`auth.address ${emailKey}`}, 0))`)
}
