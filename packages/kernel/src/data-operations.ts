import type { DataItem, DataOperations, Input, Output, Subject } from '@lightpress/protocol'
import { and, asc, getTableColumns, is, or, SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Db, Tx } from './db.ts'
import type { Fate, HeldData, Holding } from './held-data.ts'
import { onceFor } from './idempotency.ts'
import type { ModuleContext } from './module.ts'

/** Rows of a page of an export, and of a batch of an erasure. */
const BATCH = 1_000

type Handlers = {
  [K in keyof DataOperations]: (
    input: Input<DataOperations[K]>,
    ctx: ModuleContext,
  ) => Promise<Output<DataOperations[K]>>
}

/** What every module answers about the data that it holds. */
export function dataHandlers(data: HeldData<ModuleContext>): Handlers {
  return {
    exportData: ({ subject, cursor }, { db }) => exportPage(heldAbout(data, [subject]), cursor, db),
    describeErasure: async ({ subjects }, { db }) => ({ items: await describe(heldAbout(data, subjects), db) }),
    releaseData: async ({ subject }, ctx) => ({ items: (await data.release?.(subject, ctx)) ?? [] }),
    eraseData: ({ subject, erasureId, batch }, ctx) =>
      ctx.withTx((tx) =>
        onceFor(tx, { operation: 'eraseData', caller: erasureId, key: String(batch), input: subject }, async () => {
          await data.hold?.(tx, subject)
          const erased = await eraseBatch(heldAbout(data, [subject]), tx)
          if (erased.done) await data.finish?.(tx, subject, ctx)
          return erased
        }),
      ),
  }
}

/** The rows of a holding that are about people, or about organisations. */
interface Held {
  holding: Holding
  rows: SQL
  fate: Fate
}

function heldAbout({ holdings }: Pick<HeldData, 'holdings'>, subjects: readonly Subject[]): Held[] {
  return holdings.flatMap((holding) =>
    (['organization', 'person'] as const).flatMap((kind) => {
      const said = holding[kind]
      const ids = subjects.filter((subject) => subject.kind === kind).map(({ id }) => id)
      if (!said || ids.length === 0) return []
      return [{ holding, rows: anyOf(ids.map(said.rows)), fate: said.fate }]
    }),
  )
}

/** No condition at all would be about everybody. */
function anyOf(conditions: readonly (SQL | undefined)[]): SQL {
  const any = conditions.includes(undefined) ? undefined : or(...conditions)
  if (!any) throw new TypeError('A holding must say which of its rows are about somebody')
  return any
}

/**
 * A page is of one holding, in the order of its primary key. Its cursor names the holding: the next page may be asked of a
 * process of another version, where another one is in its place.
 */
async function exportPage(
  all: readonly Held[],
  cursor: string | null,
  db: Db,
): Promise<Output<DataOperations['exportData']>> {
  const held = all.filter(({ holding }) => !holding.unexported)
  const named = (name: string) => held.findIndex(({ holding }) => holding.name === name)
  const Place = z.tuple([z.string().refine((name) => named(name) >= 0), z.array(z.string())])
  const [name, after] = decodeCursor(cursor ?? undefined, Place) ?? [held[0]?.holding.name, []]
  const at = name === undefined ? 0 : named(name)
  const current = held[at]
  if (!current) return { parts: [], nextCursor: null }
  const { holding, rows: which } = current
  const key = primaryKey(holding.table)
  const rest = after.length > 0 ? sql`(${list(key)}) > (${list(after.map((value) => sql`${value}`))})` : undefined
  const found = await db
    .select({
      row: getTableColumns(holding.table),
      key: sql<string[]>`array[${list(key.map((column) => sql`${column}::text`))}]`,
    })
    .from(holding.table)
    .where(and(which, rest))
    .orderBy(...key.map((column) => asc(column)))
    .limit(BATCH)
  const last = found.length === BATCH ? found.at(-1)?.key : undefined
  const following = held[at + 1]
  const next = last ? [holding.name, last] : following ? [following.holding.name, []] : null
  return {
    parts: [{ name: holding.name, rows: found.map(({ row }) => withoutSecrets(row, holding)) }],
    nextCursor: next && encodeCursor(next),
  }
}

/** As JSON has it: moments are ISO 8601. */
function withoutSecrets(row: Record<string, unknown>, { secret = [] }: Holding): Record<string, unknown> {
  const open = Object.entries(row).filter(([name]) => !secret.includes(name))
  return JSON.parse(JSON.stringify(Object.fromEntries(open))) as Record<string, unknown>
}

/** What is about a person and an organisation at once counts once, with the fate that leaves less of it. */
async function describe(held: readonly Held[], db: Db): Promise<DataItem[]> {
  const items: DataItem[] = []
  for (const one of held) {
    const counted = held.filter((other) => other.holding === one.holding && comesBefore(other, one, held))
    const found = await db.$count(
      one.holding.table,
      and(waiting(one), ...counted.map(({ rows }) => sql`(${rows}) is not true`)),
    )
    if (found > 0) items.push(toItem(one, found))
  }
  return items
}

const HARDEST_FIRST: readonly Fate['kind'][] = ['gone', 'doomed', 'emptied', 'kept']

function comesBefore(one: Held, other: Held, held: readonly Held[]): boolean {
  const harder = HARDEST_FIRST.indexOf(one.fate.kind) - HARDEST_FIRST.indexOf(other.fate.kind)
  return harder < 0 || (harder === 0 && held.indexOf(one) < held.indexOf(other))
}

/** One holding after the other, until a batch is full. */
async function eraseBatch(held: readonly Held[], tx: Tx): Promise<Output<DataOperations['eraseData']>> {
  const items: DataItem[] = []
  let left = BATCH
  for (const one of held) {
    if (one.fate.kind === 'kept') continue
    const erased = await erase(one, left, tx)
    if (erased > 0) items.push(toItem(one, erased))
    left -= erased
    if (left === 0) return { items, done: false }
  }
  return { items, done: true }
}

async function erase(one: Held, limit: number, tx: Tx): Promise<number> {
  const { table } = one.holding
  const some = sql`ctid in (${tx
    .select({ ctid: sql`ctid` })
    .from(table)
    .where(waiting(one))
    .limit(limit)})`
  const { rowCount } =
    'values' in one.fate ? await tx.update(table).set(one.fate.values).where(some) : await tx.delete(table).where(some)
  return rowCount ?? 0
}

/** The rows for which there is something to do yet. */
function waiting({ holding, rows, fate }: Held): SQL | undefined {
  if (!('values' in fate)) return rows
  const columns = getTableColumns(holding.table)
  const full = Object.entries(fate.values).flatMap(([name, value]) => {
    const column = columns[name] as PgColumn
    if (is(value, SQL)) return []
    return value === null ? sql`${column} is not null` : sql`${column} is distinct from ${sql.param(value, column)}`
  })
  return and(rows, or(...full))
}

function toItem({ holding, fate }: Held, found: number): DataItem {
  const outcome = fate.kind === 'gone' || fate.kind === 'doomed' ? 'deleted' : fate.kind
  return { name: holding.name, count: found, outcome, because: fate.kind === 'kept' ? fate.because : null }
}

/** What tells one row of a table from another, in an order that an index has. */
function primaryKey(table: PgTable): PgColumn[] {
  const { name, columns, primaryKeys } = getTableConfig(table)
  const key = primaryKeys[0]?.columns ?? columns.filter(({ primary }) => primary)
  if (key.length === 0) throw new TypeError(`${name} has no primary key, so it cannot be exported page by page`)
  return key
}

function list(parts: readonly (PgColumn | SQL)[]): SQL {
  return sql.join([...parts], sql`, `)
}
