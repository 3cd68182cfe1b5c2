import { and, desc, gt, sql, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Tx } from './db.ts'

/** So many within so many seconds. */
export interface Rate {
  most: number
  within: number
}

/** The rows of a table that are counted, and when each was made. */
interface Counted {
  table: PgTable
  at: PgColumn
  which: SQL | undefined
}

/**
 * Seconds until there may be one more: of the last `most` the oldest must be out of the window. 0 where it is, or where
 * there are fewer. Whoever asks holds something that keeps others from adding to them.
 */
export async function secondsUntilFree(tx: Tx, { table, at, which }: Counted, { most, within }: Rate): Promise<number> {
  const window = sql`${within}::int * interval '1 second'`
  const [oldest] = await tx
    .select({ seconds: sql<number>`ceil(extract(epoch from ${at} + ${window} - now()))::int` })
    .from(table)
    .where(and(which, gt(at, sql`now() - ${window}`)))
    .orderBy(desc(at))
    .offset(most - 1)
    .limit(1)
  return oldest ? Math.max(1, oldest.seconds) : 0
}
