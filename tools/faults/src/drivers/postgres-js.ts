import postgres, { type ISql, type ParameterOrFragment } from 'postgres'
import { APPLICATION, type Driver, type DriverOptions, type Query } from '../driver.ts'

/** What the product does not use: `postgres` (postgres.js) as its documentation says, with `sql.begin`. */
export function openPostgresJs({ url, connections }: DriverOptions): Driver {
  const sql = postgres(url, { max: connections, connection: { application_name: APPLICATION }, onnotice: () => {} })
  return {
    query: queryOf(sql),
    transaction: async (work) => {
      await sql.begin((tx) => work(queryOf(tx)))
    },
    close: () => sql.end({ timeout: 1 }),
  }
}

function queryOf(sql: ISql): Query {
  return async <Row>(strings: TemplateStringsArray, ...parameters: unknown[]) =>
    Array.from(await sql(strings, ...(parameters as ParameterOrFragment<never>[]))) as Row[]
}
