import { and, asc, eq, lt, sql, type SQL } from 'drizzle-orm'
import { createDatabase, type Database } from './db.ts'
import type { Logger } from './logging.ts'
import { wakeRelay } from './outbox.ts'
import { tablesOf } from './tables.ts'

/** In one transaction: however many letters are dead, none is locked for long. */
const BATCH = 1_000

/**
 * Puts dead letters of a module's outbox back to be sent, those of which `which` holds or all of them; a running relay takes them
 * within a second. A listener that had put one aside takes it again, with ten new attempts. What is not dead any more is left
 * alone. Gives how many they were.
 */
export async function sendAgain(
  module: string,
  which: SQL | undefined,
  { database, log }: { database: Database; log: Logger },
): Promise<number> {
  const { outbox } = tablesOf(module)
  const { rows } = await database.db.execute<{ now: string }>(sql`select now()::text as now`)
  // What is sent again by this, and is dead again before it has come to its end, is left.
  const until = sql`${rows[0]?.now}::timestamptz`
  const dead = and(eq(outbox.state, 'dead'), lt(outbox.availableAt, until), which)
  const sendSome = () =>
    database.withTx({ requestId: 'replay', traceparent: '' }, async (tx) => {
      wakeRelay(tx)
      const some = tx
        .select({ id: outbox.id, listener: outbox.listener })
        .from(outbox)
        .where(dead)
        .orderBy(asc(outbox.createdAt), asc(outbox.id), asc(outbox.listener))
        .limit(BATCH)
        .for('update')
      return tx
        .update(outbox)
        .set({ state: 'pending', availableAt: sql`now()` })
        .where(sql`(${outbox.id}, ${outbox.listener}) in ${some}`)
        .returning({ type: outbox.type, listener: outbox.listener })
    })

  const counts = new Map<string, number>()
  let sent
  do {
    sent = await sendSome()
    for (const { type, listener } of sent) {
      const what = `${type} to ${listener}`
      counts.set(what, (counts.get(what) ?? 0) + 1)
    }
  } while (sent.length === BATCH)
  for (const [what, count] of counts) log.info({ module, what, count }, 'dead letters are sent again')
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

export interface ReplayTarget {
  module: string
  url: string
}

/** Sends the dead letters of these modules again, or the one of this id, from outside of them. Returns how many. */
export async function replayDead(targets: readonly ReplayTarget[], log: Logger, id?: string): Promise<number> {
  let count = 0
  for (const { module, url } of targets) {
    const database = createDatabase({ url, module, poolSize: 1, log })
    try {
      const which = id === undefined ? undefined : eq(tablesOf(module).outbox.id, id)
      count += await sendAgain(module, which, { database, log })
    } finally {
      await database.close()
    }
  }
  return count
}
