import { sql } from 'drizzle-orm'
import { stateOf, type Tx } from './db.ts'

export interface Spending {
  /** What is spent and whose it is: `members <organisation>`. Who spends of the same waits here for the others' commits. */
  of: string
  /** From the entitlements, read before the transaction; null is no limit. */
  limit: number | null
  /** How much more is wanted: a whole number, one unless said otherwise. */
  quantity?: number
  /** How much there is by now, counted in the module's own tables. */
  used: () => Promise<number>
}

/**
 * Whether so much more fits within a limit. Whoever is told so writes it down in the same transaction: the lock is held until
 * that ends, so that any number of requests at once never spend more than there is, in any number of processes.
 */
export async function spendWithin(tx: Tx, { of, limit, quantity = 1, used }: Spending): Promise<boolean> {
  const { module } = stateOf(tx)
  if (!Number.isSafeInteger(quantity) || quantity < 0)
    throw new TypeError(`${quantity} is no quantity that can be spent`)
  if (limit === null) return true
  const lock = `${module} ${of}`
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`)
  return (await used()) + quantity <= limit
}
