import type pg from 'pg'
import { until } from './person.ts'

/** What refusals may write: what limits are made of, and the record of who tried. */
const LEDGERS = ['allowance', 'lockout', 'audit_entry', 'audit_origin']
/** The kernel's: rows go through states by themselves, so they are counted and not compared. */
const COUNTED = ['outbox', 'inbox', 'idempotency']

/** What is in every table of these schemas, short enough to compare. */
export async function readRows(database: pg.Pool, schemas: readonly string[]): Promise<Record<string, string>> {
  const { rows: tables } = await database.query<{ name: string; counted: boolean }>(
    `select format('%I.%I', table_schema, table_name) as name, table_name = any ($2) as counted
     from information_schema.tables
     where table_schema = any ($1) and table_type = 'BASE TABLE' and not table_name = any ($3) order by 1`,
    [schemas, COUNTED, LEDGERS],
  )
  const parts = tables.map(({ name, counted }) =>
    counted
      ? `select '${name}' as name, count(*)::text as rows from ${name}`
      : `select '${name}', count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') from ${name} t`,
  )
  // Under a name, so that it is planned once: that takes longer than to run it.
  const text = parts.join(' union all ')
  const { rows } = await database.query<{ name: string; rows: string }>({ name: `rows of ${schemas.join()}`, text })
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]))
}

/** Waits until all that was promised has taken effect, so that what changes from now on is somebody's doing. */
export async function settle(database: pg.Pool, schemas: readonly string[]): Promise<void> {
  const handled = schemas.map((schema) => `select id from ${schema}.inbox`).join(' union all ')
  const open = schemas.map((schema) => `select id from ${schema}.outbox where state in ('pending', 'published')`)
  await until(
    async () => {
      const { rows } = await database.query(`(${open.join(' union all ')}) except (${handled})`)
      return rows.length
    },
    (waiting) => waiting === 0,
  )
}

/** The names of the tables that differ. */
export function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name] !== after[name])
}
