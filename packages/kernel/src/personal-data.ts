import type { DataItem, DataOperations, Input, Output, Subject } from '@lightpress/protocol'
import { and, asc, eq, getTableColumns, is, or, SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { Db, Tx } from './db.ts'
import { onceFor } from './idempotency.ts'
import type { ModuleContext } from './module.ts'
import { tablesOf } from './tables.ts'

/**
 * What erasure does with rows: they go; they say from then on that what they are of is to go, and go after it; they lose
 * what identifies somebody; or they stay, for a reason.
 */
export type Fate = { kind: 'gone' } | { kind: 'doomed' | 'emptied'; values: Values } | { kind: 'kept'; because: string }

/** By column. One that is computed (`sql`) does not tell whether a row has become what it is to be. */
type Values = Record<string, unknown>

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
  /** Erased, and not exported: a copy of what stands elsewhere, or as much about somebody else. */
  unexported?: true
}

/** A table with nothing about anybody, and why that is so. */
export interface Impersonal {
  table: PgTable
  because: string
  /** Its columns with ids of people or organisations, which lead to nobody any more once these are erased. */
  ids?: readonly string[]
}

/** All that a module holds about people and organisations. Every table of its schema stands in one of the two lists. */
export interface HeldData<Ctx = never> {
  /** In the order in which they are erased: what points at something goes before it. */
  holdings: readonly Holding[]
  impersonal?: readonly Impersonal[]
  /**
   * Ends, outside of the database, what must end before anything is erased, and says what. Repeatable: whoever calls it
   * may have missed the answer.
   */
  release?: (subject: Subject, ctx: Ctx) => Promise<DataItem[]>
  /** What else goes with the last rows, in their transaction: files by a job. Runs again where something came late. */
  finish?: (tx: Tx, subject: Subject, ctx: Ctx) => Promise<void>
}

export const gone: Fate = { kind: 'gone' }
export const doomed = (values: Values): Fate => ({ kind: 'doomed', values })
export const emptied = (values: Values): Fate => ({ kind: 'emptied', values })
export const kept = (because: string): Fate => ({ kind: 'kept', because })
export const about = (rows: About['rows'], fate: Fate = gone): About => ({ rows, fate })

/** The same with the tables that the kernel has in each module's schema. */
export function withKernelTables<D extends HeldData>(module: string, data: D): D {
  const { outbox, inbox, idempotency } = tablesOf(module)
  const answers: Holding = {
    name: 'answers to repeated requests',
    table: idempotency,
    person: about((id) => eq(idempotency.caller, id)),
    unexported: true,
  }
  const impersonal = [outbox, inbox].map((table) => ({ table, because: 'Events and jobs carry ids only.' }))
  for (const holding of data.holdings) checkColumns(holding)
  return {
    ...data,
    holdings: [answers, ...data.holdings],
    impersonal: [...(data.impersonal ?? []), ...impersonal],
  }
}

/** A secret whose column has another name would be handed over. */
function checkColumns({ name, table, person, organization, secret = [] }: Holding): void {
  const columns = getTableColumns(table)
  const values = [person, organization].flatMap((said) =>
    said && 'values' in said.fate ? Object.keys(said.fate.values) : [],
  )
  const unknown = [...secret, ...values].filter((column) => !(column in columns))
  if (unknown.length > 0) throw new TypeError(`The ${name} have no ${unknown.join(', ')}`)
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
    exportData: ({ subject, cursor }, { db }) => exportPage(heldAbout(data, [subject]), cursor, db),
    describeErasure: async ({ subjects }, { db }) => ({ items: await describe(heldAbout(data, subjects), db) }),
    releaseData: async ({ subject }, ctx) => ({ items: (await data.release?.(subject, ctx)) ?? [] }),
    eraseData: ({ subject, erasureId, batch }, ctx) =>
      ctx.withTx((tx) =>
        onceFor(tx, { operation: 'eraseData', caller: erasureId, key: String(batch), input: subject }, async () => {
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

const Place = z.tuple([z.number().int().min(0), z.array(z.string())])

/** A page is of one holding, in the order of its primary key. */
async function exportPage(
  all: readonly Held[],
  cursor: string | null,
  db: Db,
): Promise<Output<DataOperations['exportData']>> {
  const held = all.filter(({ holding }) => !holding.unexported)
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
