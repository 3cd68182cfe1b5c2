import type { Input, TrailItem, TrailOperations } from '@lightpress/protocol'
import { sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

// What the trails of all modules are sorted by, so that they can be merged: the time, newest first, and at the same time
// the id, as text. Both sides of that are here: how PostgreSQL sorts and compares, and how we do.

export type TrailPage = Pick<Input<TrailOperations['readTrail']>, 'before' | 'limit'>

/** A time to the microsecond, as the database has it: a `Date` would cut off what is beyond its milliseconds. */
export function exactTime(column: PgColumn | SQL): SQL<string> {
  return sql<string>`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
}

/** The rows that a page of a trail begins after. `at` is read by its index, `id` tells apart what is of one moment. */
export function beforeInTrail(
  { before }: Pick<TrailPage, 'before'>,
  { at, id }: { at: PgColumn; id: PgColumn | SQL },
): SQL | undefined {
  if (!before) return undefined
  const moment = sql`${before.at}::timestamptz`
  return sql`(${at} <= ${moment} and (${at} < ${moment} or ${asText(id)} < ${before.id}))`
}

/** `orderBy(...newestFirst(...))`. */
export function newestFirst({ at, id }: { at: PgColumn; id: PgColumn | SQL }): [SQL, SQL] {
  return [sql`${at} desc`, sql`${asText(id)} desc`]
}

/** Sorts as JavaScript does, whatever the database's language. */
function asText(id: PgColumn | SQL): SQL {
  return sql`(${id})::text collate "C"`
}

/** Several trails as one, newest first. What stands in two of them, found in two ways, is in it once. */
export function mergeTrails(trails: readonly (readonly TrailItem[])[], limit: number): TrailItem[] {
  const items = new Map(trails.flat().map((item) => [`${item.module} ${item.kind} ${item.id}`, item]))
  return [...items.values()]
    .sort((a, b) => compare(b.at.slice(0, -1), a.at.slice(0, -1)) || compare(b.id, a.id))
    .slice(0, limit)
}

/** Times without their `Z` compare as texts, however many digits they have. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
