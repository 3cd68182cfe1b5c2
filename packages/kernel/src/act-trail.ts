import type { TrailItem, TrailSubject } from '@lightpress/protocol'
import { and, eq, sql, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { Db } from './db.ts'
import { beforeInTrail, exactTime, newestFirst, type TrailPage } from './trail-order.ts'

/** A table of what people did. Each of the last four is read by an index of its own. */
type ActTable = PgTable &
  Record<'id' | 'at' | 'action' | 'causeId' | 'requestId' | 'organizationId' | 'userId' | 'actorId', PgColumn>

interface Acts {
  module: string
  table: ActTable
  /** What else of it helps to find out why: ids and words of ours. */
  details: Record<string, PgColumn>
}

/** The acts of a module, for its `trail`. */
export async function readActs(
  { module, table, details }: Acts,
  { about, page }: { about: TrailSubject; page: TrailPage },
  { db }: { db: Db },
): Promise<TrailItem[]> {
  const key = { at: table.at, id: table.id }
  const more = Object.fromEntries(Object.entries(details).map(([name, column]) => [name, orNull(column)]))
  const found = await Promise.all(
    conditionsOf(about, table).map((condition) =>
      db
        .select({
          id: sql<string>`${table.id}`,
          at: exactTime(table.at),
          type: sql<string>`${table.action}`,
          requestId: orNull(table.requestId),
          causeId: orNull(table.causeId),
          actorId: orNull(table.actorId),
          userId: orNull(table.userId),
          organizationId: orNull(table.organizationId),
          details: more,
        })
        .from(table)
        .where(and(condition, beforeInTrail(page, key)))
        .orderBy(...newestFirst(key))
        .limit(page.limit),
    ),
  )
  return found.flat().map((act) => ({
    ...act,
    requestId: act.requestId ?? act.id,
    details: withoutNulls(act.details),
    ...({ module, kind: 'audit', state: 'done', listener: null, error: null, operation: null } as const),
  }))
}

function conditionsOf({ kind, id }: TrailSubject, { requestId, organizationId, userId, actorId }: ActTable): SQL[] {
  switch (kind) {
    case 'request':
      return [eq(requestId, id)]
    case 'organization':
      return [eq(organizationId, id)]
    case 'person':
      return [eq(userId, id), eq(actorId, id)]
  }
}

function orNull(column: PgColumn): SQL<string | null> {
  return sql<string | null>`${column}`
}

function withoutNulls(details: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(details).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
}
