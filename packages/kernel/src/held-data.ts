import type { DataItem, Subject } from '@lightpress/protocol'
import { eq, getTableColumns, is, SQL } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Tx } from './db.ts'
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
  /** For people to read, and the name of its file in an export: "sessions". The module has no other of this name. */
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
   * Locks first what everybody who changes this person's or organisation's rows locks first. Without it an erasure, which
   * goes from the leaves to the root, and a request, which goes the other way, could wait for each other.
   */
  hold?: (tx: Tx, subject: Subject) => Promise<unknown>
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
  const impersonal = [outbox, inbox].map((table) => ({ table, because: 'Events and jobs must carry ids only.' }))
  const holdings = [answers, ...data.holdings]
  for (const holding of holdings) checkColumns(holding)
  const names = new Set(holdings.map(({ name }) => name))
  if (names.size !== holdings.length) throw new TypeError(`${module} holds two things of the same name`)
  return {
    ...data,
    holdings,
    impersonal: [...(data.impersonal ?? []), ...impersonal],
  }
}

/** A secret whose column has another name would be handed over. */
function checkColumns({ name, table, person, organization, secret = [] }: Holding): void {
  const columns = getTableColumns(table)
  const fates = [person, organization].flatMap((said) => (said && 'values' in said.fate ? [said.fate.values] : []))
  const unknown = [...secret, ...fates.flatMap(Object.keys)].filter((column) => !(column in columns))
  if (unknown.length > 0) throw new TypeError(`The ${name} have no ${unknown.join(', ')}`)
  if (fates.some((values) => Object.values(values).every((value) => is(value, SQL))))
    throw new TypeError(`The ${name} have no value that tells which of them were erased`)
}
