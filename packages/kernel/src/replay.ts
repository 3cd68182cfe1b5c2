import { and, eq, sql, type SQL } from 'drizzle-orm'
import { createDatabase, type Database } from './db.ts'
import type { Logger } from './logging.ts'
import { wakeRelay } from './outbox.ts'
import { tablesOf } from './tables.ts'

interface Letter {
  id: string
  listener: string
  type: string
}

/**
 * Puts dead letters of a module's outbox back to be sent, those of which `which` holds or all of them; a running relay takes them within a second. A
 * listener that had put one aside takes it again, with ten new attempts. What is not dead any more is left alone.
 */
export async function sendAgain(module: string, which: SQL | undefined, database: Database): Promise<Letter[]> {
  const { outbox } = tablesOf(module)
  return database.withTx({ requestId: 'replay', traceparent: '' }, async (tx) => {
    wakeRelay(tx)
    return tx
      .update(outbox)
      .set({ state: 'pending', availableAt: sql`now()` })
      .where(and(eq(outbox.state, 'dead'), which))
      .returning({ id: outbox.id, type: outbox.type, listener: outbox.listener })
  })
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
      const rows = await sendAgain(module, which, database)
      for (const [what, group] of Map.groupBy(rows, ({ type, listener }) => `${type} to ${listener}`)) {
        log.info({ module, what, count: group.length }, 'dead letters are sent again')
      }
      count += rows.length
    } finally {
      await database.close()
    }
  }
  return count
}
