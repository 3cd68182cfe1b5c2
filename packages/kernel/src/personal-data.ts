import type { DataItem, DataOperations, Input, Output, Subject } from '@lightpress/protocol'
import { and, asc, eq, getTableColumns, or, sql, type SQL } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Db, Tx } from './db.ts'
import { onceFor } from './idempotency.ts'
import type { ModuleContext } from './module.ts'
import { tablesOf } from './tables.ts'

/** What erasure does with rows: they go, they lose what identifies somebody, or they stay, for a reason. */
export type Fate =
  { kind: 'gone' } | { kind: 'emptied'; values: Record<string, unknown> } | { kind: 'kept'; because: string }

/** Which rows are about somebody, by their id, and what erasing them does to these. */
export interface About {
  rows: (id: string) => SQL | undefined
  fate: Fate
}

/** One kind of thing that a module holds about people or organisations: the rows of a table. */
export interface Holding {
  /** For people to read, and the name of its file in an export: "sessions". */
  name: string
  table: PgTable
  person?: About
  organization?: About
  /** Columns that are not exported: what opens a door, or is somebody else's. */
  secret?: readonly string[]
  /** Copies of what is exported elsewhere: they are erased, and not exported. */
  copy?: true
}

/** All that a module holds about people and organisations. Every table of its schema stands in one of the two lists. */
export interface HeldData<Ctx = never> {
  /** In the order in which they are erased: what points at something goes before it. */
  holdings: readonly Holding[]
  /** Tables with nothing about anybody, and why that is so. */
  impersonal?: readonly { table: PgTable; because: string }[]
  /**
   * Ends, outside of the database, what must end before anything is erased, and says what. Repeatable: whoever calls it
   * may have missed the answer.
   */
  release?: (subject: Subject, ctx: Ctx) => Promise<DataItem[]>
  /** What else goes with the last rows, in their transaction: files by a job, the caches of others by a signal. */
  finish?: (tx: Tx, subject: Subject, ctx: Ctx) => Promise<void>
}

export const gone: Fate = { kind: 'gone' }
export const emptied = (values: Record<string, unknown>): Fate => ({ kind: 'emptied', values })
export const kept = (because: string): Fate => ({ kind: 'kept', because })
export const about = (rows: About['rows'], fate: Fate = gone): About => ({ rows, fate })

/** The same with the tables that the kernel has in each module's schema. */
export function withKernelTables<D extends HeldData>(module: string, data: D): D {
  const { outbox, inbox, idempotency } = tablesOf(module)
  const answers: Holding = {
    name: 'answers to repeated requests',
    table: idempotency,
    person: about((id) => eq(idempotency.caller, id)),
    copy: true,
  }
  const impersonal = [outbox, inbox].map((table) => ({ table, because: 'Events and jobs carry ids only.' }))
  return {
    ...data,
    holdings: [answers, ...data.holdings],
    impersonal: [...(data.impersonal ?? []), ...impersonal],
  }
}

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
    exportData: ({ subject, cursor }, { db }) => exportPage(data, { subject, cursor }, db),
    describeErasure: async ({ subject }, { db }) => ({ items: await count(holdingsAbout(data, subject), db) }),
    releaseData: async ({ subject }, ctx) => ({ items: (await data.release?.(subject, ctx)) ?? [] }),
    eraseData: ({ subject, erasureId, batch }, ctx) =>
      ctx.withTx((tx) =>
        onceFor(tx, { operation: 'eraseData', caller: erasureId, key: String(batch), input: subject }, async () => {
          const erased = await eraseBatch(holdingsAbout(data, subject), tx)
          if (erased.done) await data.finish?.(tx, subject, ctx)
          return erased
        }),
      ),
  }
}

interface Held {
  holding: Holding
  rows: SQL | undefined
  fate: Fate
}

function holdingsAbout({ holdings }: Pick<HeldData, 'holdings'>, { kind, id }: Subject): Held[] {
  return holdings.flatMap((holding) => {
    const said = holding[kind]
    return said ? [{ holding, rows: said.rows(id), fate: said.fate }] : []
  })
}

const Place = z.tuple([z.number().int().min(0), z.array(z.string())])

/** A page is of one holding, in the order of its primary key. */
async function exportPage(
  data: Pick<HeldData, 'holdings'>,
  { subject, cursor }: Input<DataOperations['exportData']>,
  db: Db,
): Promise<Output<DataOperations['exportData']>> {
  const held = holdingsAbout(data, subject).filter(({ holding }) => !holding.copy)
  const [at, after] = decodeCursor(cursor ?? undefined, Place) ?? [0, []]
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
  const next = last ? [at, last] : at + 1 < held.length ? [at + 1, []] : null
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

async function count(held: readonly Held[], db: Db): Promise<DataItem[]> {
  const items: DataItem[] = []
  for (const one of held) {
    const found = await db.$count(one.holding.table, waiting(one))
    if (found > 0) items.push(toItem(one, found))
  }
  return items
}

/** One holding after the other, until a batch is full. What is kept is counted once, at the end. */
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
  const rest = await count(
    held.filter(({ fate }) => fate.kind === 'kept'),
    tx,
  )
  return { items: [...items, ...rest], done: true }
}

async function erase(one: Held, limit: number, tx: Tx): Promise<number> {
  const { table } = one.holding
  const some = sql`ctid in (${tx
    .select({ ctid: sql`ctid` })
    .from(table)
    .where(waiting(one))
    .limit(limit)})`
  const { rowCount } =
    one.fate.kind === 'emptied'
      ? await tx.update(table).set(one.fate.values).where(some)
      : await tx.delete(table).where(some)
  return rowCount ?? 0
}

/** The rows for which there is something to do yet. */
function waiting({ holding, rows, fate }: Held): SQL | undefined {
  if (fate.kind !== 'emptied') return rows
  const columns = getTableColumns(holding.table)
  const full = Object.entries(fate.values).map(([name, value]) => {
    const column = columns[name] as PgColumn
    return value === null ? sql`${column} is not null` : sql`${column} is distinct from ${sql.param(value, column)}`
  })
  return and(rows, or(...full))
}

function toItem({ holding, fate }: Held, found: number): DataItem {
  const outcome = fate.kind === 'gone' ? 'deleted' : fate.kind
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
