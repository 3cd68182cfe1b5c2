import { eq, sql } from 'drizzle-orm'
import { createDatabase } from './db.ts'
import type { Logger } from './logging.ts'
import { tablesOf } from './tables.ts'

export interface ReplayTarget {
  module: string
  url: string
}

/**
 * Puts the dead letters of these modules' outboxes back to be sent; running relays take them within a second. A
 * listener that had put one aside takes it again, with ten new attempts. Returns how many.
 */
export async function replayDead(targets: readonly ReplayTarget[], log: Logger): Promise<number> {
  let count = 0
  for (const { module, url } of targets) {
    const { outbox } = tablesOf(module)
    const database = createDatabase({ url, module, poolSize: 1, log })
    try {
      const rows = await database.db
        .update(outbox)
        .set({ state: 'pending', availableAt: sql`now()` })
        .where(eq(outbox.state, 'dead'))
        .returning({ type: outbox.type, listener: outbox.listener })
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
