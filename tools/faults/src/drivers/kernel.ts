import { createDatabase } from '@lightpress/kernel'
import { sql } from 'drizzle-orm'
import { pino } from 'pino'
import type { Driver, DriverOptions, Query } from '../driver.ts'

type Executes = Pick<ReturnType<typeof createDatabase>['db'], 'execute'>

/** What the product uses: `pg` behind the kernel's own pool and `withTx`. */
export function openKernel({ url, connections }: DriverOptions): Driver {
  const database = createDatabase({ url, module: 'faults', poolSize: connections, log: pino({ level: 'silent' }) })
  return {
    query: queryOf(database.db),
    transaction: (work) => database.withTx({ requestId: 'faults', traceparent: '' }, (tx) => work(queryOf(tx))),
    close: () => database.close(),
  }
}

function queryOf(db: Executes): Query {
  return async <Row>(strings: TemplateStringsArray, ...parameters: unknown[]) =>
    (await db.execute(sql(strings, ...parameters))).rows as Row[]
}
