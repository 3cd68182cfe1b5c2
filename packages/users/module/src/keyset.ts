import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'

// What a list sorts by that sorts by time: the time and, at the same time, the id. Its index has both, after what the
// list is of, so that a page is read where the last one ended.

export const TimeKey = z.tuple([z.iso.datetime(), z.uuid()])
export type TimeKey = z.output<typeof TimeKey>
type Columns = readonly [time: PgColumn, id: PgColumn]

/**
 * A time to the microsecond, as the database has it. In a cursor, a `Date`'s milliseconds would be before what they
 * were read from, and a page would repeat the last one's end, or leave out what else is of that millisecond.
 */
export function exactTime(column: PgColumn): SQL<string> {
  return sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

export function laterThan(key: TimeKey, [time, id]: Columns): SQL {
  return sql`(${time}, ${id}) > ${tuple(key)}`
}

export function earlierThan(key: TimeKey, [time, id]: Columns): SQL {
  return sql`(${time}, ${id}) < ${tuple(key)}`
}

function tuple([at, id]: TimeKey): SQL {
  return sql`(${at}::timestamptz, ${id}::uuid)`
}
