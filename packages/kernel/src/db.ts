import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError, isAppError } from '@lightpress/protocol'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import type { Logger } from './logging.ts'
import type { Origin } from './tables.ts'

// Modules reach PostgreSQL through here only (queue-postgres.ts and migrate.ts have connections of their own).
// Why the driver is pg and not postgres.js: docs/decisions/0001.

export type Db = NodePgDatabase

declare const inTransaction: unique symbol
/** A database inside an open transaction: what `publish` wants, so that an event cannot leave its commit. */
export type Tx = Db & { readonly [inTransaction]: true }

export interface TxState {
  module: string
  origin: Origin
  afterCommit: Map<string, () => void>
}

const states = new WeakMap<Tx, TxState>()
const scope = new AsyncLocalStorage<TxState>()

export interface Database {
  db: Db
  /** Runs `fn` in a transaction: commits when it resolves, rolls back when it throws. Does not nest. */
  withTx<T>(origin: Origin, fn: (tx: Tx) => Promise<T>): Promise<T>
  ping(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions {
  url: string
  module: string
  poolSize: number
  log: Logger
}

/** Milliseconds. The server's own limit is below the driver's, so that the server is the one that gives up. */
const limits = { connect: 5_000, statement: 15_000, query: 20_000, idleInTransaction: 30_000 }

/** A pool for one module, which works as the role `<module>_app`: a guard against accident, not malice. */
export function createDatabase({ url, module, poolSize, log }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: `lightpress-${module}`,
    options: `-c role=${module}_app -c statement_timeout=${limits.statement} -c idle_in_transaction_session_timeout=${limits.idleInTransaction}`,
    connectionTimeoutMillis: limits.connect,
    query_timeout: limits.query,
    keepAlive: true,
  })
  // A connection can die at any time, also while it is checked out: without a listener that ends the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection was lost'))
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ error: error.message }, 'a database connection was lost')),
  )

  return {
    db: drizzle(pool),
    withTx: (origin, fn) => transaction(pool, { module, origin, afterCommit: new Map() }, fn),
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  }
}

async function transaction<T>(pool: pg.Pool, state: TxState, fn: (tx: Tx) => Promise<T>): Promise<T> {
  if (scope.getStore())
    throw new TypeError('A transaction is open already; hand its `tx` on instead of opening a second one.')
  const client = await pool.connect()
  let lost: Error | boolean = true
  try {
    await client.query('begin')
    const tx = drizzle(client) as unknown as Tx
    states.set(tx, state)
    const result = await scope.run(state, () => fn(tx))
    const { command } = await client.query('commit')
    // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and somebody swallowed its error.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back because one of its statements had failed.')
    lost = false
    runAfterCommit(state)
    return result
  } catch (error) {
    // A refusal of ours leaves a healthy connection; after anything else nobody knows, so it is not used again.
    if (isAppError(error))
      lost = await client.query('rollback').then(
        () => false,
        (reason: unknown) => asError(reason),
      )
    throw error
  } finally {
    client.release(lost)
  }
}

function runAfterCommit(state: TxState) {
  for (const effect of state.afterCommit.values()) effect()
}

/**
 * For hot queries: `build` says the statement once for a database, `.prepare(name)` included, so that Drizzle does not
 * make the SQL anew for every call and PostgreSQL plans it once a connection.
 */
export function prepared<Statement>(build: (db: Db) => Statement): (db: Db) => Statement {
  const statements = new WeakMap<Db, Statement>()
  return (db) => {
    const statement = statements.get(db) ?? build(db)
    statements.set(db, statement)
    return statement
  }
}

/** True while the caller's async context is inside `withTx`. */
export function insideTransaction(): boolean {
  return scope.getStore() !== undefined
}

export function stateOf(tx: Tx): TxState {
  const state = states.get(tx)
  if (!state) throw new TypeError('Not a transaction of withTx.')
  return state
}

/** Runs `effect` once after the commit, and not at all without one. A later effect of the same name replaces it. */
export function afterCommit(tx: Tx, name: string, effect: () => void): void {
  stateOf(tx).afterCommit.set(name, effect)
}

/** A database that is away or overloaded is `unavailable`, whatever the driver called it; anything else stays. */
export function translateDatabaseError(error: unknown): unknown {
  if (isAppError(error)) return error
  const cause = rootCause(error)
  if (!(cause instanceof Error)) return error
  const code = 'code' in cause ? String(cause.code) : ''
  const away =
    /^(08|57P|53|40001|40P01|55P03|25P03|57014)/.test(code) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(code) ||
    /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/.test(
      cause.message,
    )
  if (!away) return error
  return new AppError('unavailable', 'database.unavailable', 'The database cannot be reached just now. Try again.', {
    cause: error,
    retryAfter: 1,
  })
}

/** PostgreSQL's condition `unique_violation` (23505), of any constraint or of the one named. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const cause = rootCause(error)
  if (!(cause instanceof Error) || !('code' in cause) || cause.code !== '23505') return false
  return constraint === undefined || ('constraint' in cause && cause.constraint === constraint)
}

function rootCause(error: unknown): unknown {
  let cause = error
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause
  return cause
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
