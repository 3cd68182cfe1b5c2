import type { OutboxState, QueueState } from '@lightpress/protocol'
import { eq, inArray, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import type { Module } from './module.ts'
import { tablesOf } from './tables.ts'

type Queued = Pick<QueueState, 'listener' | 'kind'>

/** What of a module's promises waits, for each listener and for its own jobs; those that wait for nothing included. */
export async function readQueues(module: Module, { db }: Database): Promise<QueueState[]> {
  const { outbox } = tablesOf(module.name)
  const whose = { listener: outbox.listener, kind: outbox.kind }
  const due = sql`${outbox.availableAt} <= now()`
  const count = sql<number>`count(*)::int`
  // Each by the index of its state: most rows of an outbox are done, and none of these is read.
  const [pending, published, dead] = await Promise.all([
    db
      .select({
        ...whose,
        pending: sql<number>`(count(*) filter (where ${due}))::int`,
        delayed: sql<number>`(count(*) filter (where not ${due}))::int`,
        oldestAt: sql<Date | null>`min(${outbox.availableAt}) filter (where ${due})`.mapWith(outbox.availableAt),
      })
      .from(outbox)
      .where(eq(outbox.state, 'pending'))
      .groupBy(outbox.listener, outbox.kind),
    db
      .select({
        ...whose,
        published: count,
        oldestAt: sql<Date | null>`min(${outbox.availableAt})`.mapWith(outbox.availableAt),
      })
      .from(outbox)
      .where(eq(outbox.state, 'published'))
      .groupBy(outbox.listener, outbox.kind),
    db
      .select({ ...whose, dead: count })
      .from(outbox)
      .where(eq(outbox.state, 'dead'))
      .groupBy(outbox.listener, outbox.kind),
  ])
  const counted = [...pending, ...published, ...dead]
  const known = new Map([...queuesOf(module), ...counted].map((queue) => [queueKey(queue), queue]))
  return [...known]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { listener, kind }]) => {
      const of = <T extends Queued>(rows: readonly T[]) => rows.find((row) => queueKey(row) === key)
      const oldest = [of(pending)?.oldestAt, of(published)?.oldestAt].flatMap((at) => (at ? [at.getTime()] : []))
      return {
        listener,
        kind,
        pending: of(pending)?.pending ?? 0,
        delayed: of(pending)?.delayed ?? 0,
        published: of(published)?.published ?? 0,
        dead: of(dead)?.dead ?? 0,
        oldestAt: oldest.length > 0 ? new Date(Math.min(...oldest)).toISOString() : null,
      }
    })
}

/** How these events and jobs stand, with each of their listeners; of what was forgotten since there is nothing. */
export function readOutboxStates(module: string, ids: readonly string[], { db }: Database): Promise<OutboxState[]> {
  const { outbox } = tablesOf(module)
  return db
    .select({ id: outbox.id, listener: outbox.listener, state: outbox.state })
    .from(outbox)
    .where(inArray(outbox.id, [...ids]))
}

function queuesOf({ name, publishes, jobs }: Module): Queued[] {
  const listeners = new Set(publishes.flatMap((event) => event.listeners))
  return [
    ...[...listeners].map((listener): Queued => ({ listener, kind: 'event' })),
    ...(jobs.size > 0 ? [{ listener: name, kind: 'job' } as const] : []),
  ]
}

function queueKey({ listener, kind }: Queued): string {
  return `${listener} ${kind}`
}
