import type { Db } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import type { Run } from './plans.ts'

/** Tables with fewer rows are read as they are: no index is faster. */
const TINY = 1_000

/**
 * Says what is wrong with how statements ran: that they read a table of the schema from its beginning, or look at more than the
 * `bounds` allow, which are rows.
 */
export function createScanCheck<Bound extends string>(
  schema: string,
  bounds: Readonly<Record<Bound, number>>,
  db: () => Db,
): (runs: readonly Run[], bound: Bound, about: string) => Promise<string[]> {
  const great = async () => {
    const { rows } = await db().execute<{ name: string }>(
      sql`select relname as name from pg_class where relnamespace = ${schema}::regnamespace and reltuples >= ${TINY}`,
    )
    return new Set(rows.map(({ name }) => name))
  }

  return async (runs, bound, about) => {
    const tables = await great()
    return runs.flatMap((run) => {
      const scanned = run.scanned.filter((table) => tables.has(table))
      const faults = [
        scanned.length > 0 && `reads ${scanned.join(', ')} from the beginning`,
        run.rows > bounds[bound] && `looks at ${run.rows} rows`,
        // A row costs a way down an index and itself; a text has the lists of its parts read, too.
        run.pages > 5 * bounds[bound] + 200 && `reads ${run.pages} pages`,
      ].filter((fault) => fault !== false)
      return faults.length > 0 ? [`${about} ${faults.join(', ')}: ${run.sql}`] : []
    })
  }
}

interface Outbox {
  count: number
  /** An event of this type, to each of these in turn. */
  type: string
  listeners: readonly string[]
  /** SQL of what the nth has, and is about. */
  id: string
  at: string
  userId: string
  organizationId: string
}

/**
 * SQL that fills the outbox of a module as it is after a month, numbered `n`: most is done; some waits, is in the queue or is
 * dead. Three are of each request: `request-1`, `request-2` …
 */
export function fillOutbox({ count, type, listeners, id, at, userId, organizationId }: Outbox): string {
  return `insert into outbox (id, listener, kind, type, payload, origin, state, created_at, available_at, published_at)
    select ${id}, ('{${listeners.join()}}'::text[])[1 + n % ${listeners.length}], 'event', '${type}',
      jsonb_build_object('userId', ${userId}, 'organizationId', ${organizationId}),
      jsonb_build_object('requestId', 'request-' || n / 3, 'traceparent', '', 'actorId', ${userId}),
      case n % 500 when 1 then 'pending' when 2 then 'published' when 3 then 'dead' else 'done' end, ${at}, ${at},
      case when n % 500 <> 1 then ${at} end
    from generate_series(1, ${count}) n`
}
