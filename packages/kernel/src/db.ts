import { AsyncLocalStorage } from 'node:async_hooks'
import { AppError, isAppError } from '@lightpress/protocol'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { describeError, type Logger } from './logging.ts'
import { observePool, observeTransaction } from './observe-database.ts'
import type { Origin } from './tables.ts'
import { noTelemetry, type Telemetry } from './telemetry.ts'

// Modules reach PostgreSQL through here only (queue-postgres.ts and migrate.ts have connections of their own).
// Why the driver is pg and not postgres.js: docs/decisions/0001.

export type Db = NodePgDatabase

declare const inTransaction: unique symbol
/** A database inside an open transaction: what `publish` wants, so that an event cannot leave its commit. */
export type Tx = Db & { readonly [inTransaction]: true }

export interface TxState {
  module: string
  origin: Origin
  /** False once it has ended: work that was left behind in it may not use it any more. */
  open: boolean
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
  telemetry?: Telemetry
}

/** Milliseconds. The server's own limit is below the driver's, so that the server is the one that gives up. */
const limits = { connect: 5_000, statement: 15_000, query: 20_000, idleInTransaction: 30_000 }

/** A pool for one module, which works as the role `<module>_app`: a guard against accident, not malice. */
export function createDatabase({ url, module, poolSize, log, telemetry = noTelemetry }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: `lightpress-${module}`,
    options: Object.entries(settingsOf(module))
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    connectionTimeoutMillis: limits.connect,
    query_timeout: limits.query,
    keepAlive: true,
  })
  // A connection can die at any time, also while it is checked out: without a listener that ends the process.
  pool.on('error', (error) => log.warn({ error: error.message }, 'an idle database connection was lost'))
  pool.on('connect', (client) =>
    client.on('error', (error) => log.debug({ error: error.message }, 'a database connection was lost')),
  )

  observePool(pool, { module, metrics: telemetry.metrics })

  return {
    db: drizzle(pool),
    withTx: (origin, fn) =>
      observeTransaction(telemetry, { module, origin }, (traced) =>
        transaction(pool, { state: { module, origin: traced, open: true, afterCommit: new Map() }, log }, fn),
      ),
    ping: async () => void (await pool.query('select 1')),
    close: () => pool.end(),
  }
}

function settingsOf(module: string) {
  return {
    role: `${module}_app`,
    search_path: `${module},public`,
    statement_timeout: limits.statement,
    idle_in_transaction_session_timeout: limits.idleInTransaction,
    // A disk of today finds a page anywhere about as fast as the next one. PostgreSQL's own guess, of when disks turned,
    // has it read a great table from its beginning for a few hundred rows.
    random_page_cost: 1.1,
  }
}

async function transaction<T>(
  pool: pg.Pool,
  { state, log }: { state: TxState; log: Logger },
  fn: (tx: Tx) => Promise<T>,
): Promise<T> {
  if (insideTransaction())
    throw new TypeError('A transaction is open already; hand its `tx` on instead of opening a second one.')
  const client = await pool.connect()
  let lost: Error | boolean = true
  let result: T
  try {
    await client.query('begin')
    const tx = drizzle(client) as unknown as Tx
    states.set(tx, state)
    result = await scope.run(state, () => fn(tx))
    const { command } = await client.query('commit')
    // PostgreSQL answers COMMIT with ROLLBACK when a statement failed and somebody swallowed its error.
    if (command !== 'COMMIT')
      throw new Error('The transaction was rolled back because one of its statements had failed.')
    lost = false
  } catch (error) {
    // After a fault of the connection nobody knows what it will answer next, so it is not used again.
    if (!isConnectionFault(error)) lost = await client.query('rollback').then(() => false, asError)
    throw error
  } finally {
    state.open = false
    client.release(lost)
  }
  for (const [name, effect] of state.afterCommit) runEffect(name, effect, log)
  return result
}

/** What is committed stays so, whatever becomes of what waited for it. */
function runEffect(name: string, effect: () => void, log: Logger) {
  try {
    effect()
  } catch (error) {
    log.error({ effect: name, ...describeError(error) }, 'what waited for a commit failed')
  }
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
  return scope.getStore()?.open === true
}

export function stateOf(tx: Tx): TxState {
  const state = states.get(tx)
  if (!state?.open) throw new TypeError('Not an open transaction of withTx.')
  return state
}

/**
 * Why a transaction is there: the request, schedule or command that it belongs to, and the event or job in whose handling it
 * was begun, if in any. What is written down in it can say so: see `TrailItem`.
 */
export function causeOf(tx: Tx): { requestId: string; causeId: string | null } {
  const { requestId, causeId = null } = stateOf(tx).origin
  return { requestId, causeId }
}

/** Runs `effect` once after the commit, and not at all without one. A later effect of the same name replaces it. */
export function afterCommit(tx: Tx, name: string, effect: () => void): void {
  stateOf(tx).afterCommit.set(name, effect)
}

/**
 * A database that is away or overloaded is `unavailable`, whatever the driver called it, and what PostgreSQL cannot
 * store (a NUL in a text, a number or a time out of range) is `invalid`; anything else stays.
 */
export function translateDatabaseError(error: unknown): unknown {
  if (isAppError(error)) return error
  if (isConnectionFault(error)) {
    return new AppError('unavailable', 'database.unavailable', 'The database cannot be reached just now. Try again.', {
      cause: error,
      retryAfter: 1,
    })
  }
  if (['22021', '22P05', '22003', '22007', '22008'].includes(codeOf(rootCause(error)))) {
    return new AppError(
      'invalid',
      'request.invalid',
      'Something in the request cannot be stored: a character, or a number or time out of range.',
      { cause: error },
    )
  }
  return error
}

function isConnectionFault(error: unknown): boolean {
  if (isAppError(error)) return false
  const cause = rootCause(error)
  return (
    /^(08|57P|53|40001|40P01|55P03|25P03|57014)/.test(codeOf(cause)) ||
    ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].includes(codeOf(cause)) ||
    (cause instanceof Error &&
      /Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error/.test(
        cause.message,
      ))
  )
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
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
