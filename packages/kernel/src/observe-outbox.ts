import { and, eq, lte, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import type { Metrics } from './metrics.ts'
import type { Module } from './module.ts'
import { readQueues } from './queue-states.ts'
import { tablesOf } from './tables.ts'

/** What a module promised and what became of it, for whoever scrapes the process that has its relay. */
export function observeOutbox(module: Module, { database, metrics }: { database: Database; metrics: Metrics }): void {
  metrics.onScrape('outbox', async () => {
    for (const { listener, kind, pending, delayed, published, dead } of await readQueues(module, database)) {
      for (const [state, count] of Object.entries({ pending, delayed, published, dead }))
        metrics.outboxRows.set({ module: module.name, listener, kind, state }, count)
    }
    metrics.outboxOldest.set({ module: module.name }, await oldestUnsentSeconds(module, database))
  })
}

/** By the index of its state, which the rows that are done are not in the way of. */
export async function oldestUnsentSeconds({ name }: Module, { db }: Database): Promise<number> {
  const { outbox } = tablesOf(name)
  const age = sql<number>`coalesce(extract(epoch from now() - min(${outbox.availableAt})), 0)::float8`
  const due = and(eq(outbox.state, 'pending'), lte(outbox.availableAt, sql`now()`))
  const [row] = await db.select({ age }).from(outbox).where(due)
  return row?.age ?? 0
}

/** Of what the module promised, its own jobs and events to whichever listener. */
export async function countDeadLetters({ name }: Module, { db }: Database): Promise<number> {
  const { outbox } = tablesOf(name)
  return db.$count(outbox, eq(outbox.state, 'dead'))
}
