import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from './logging.ts'
import { isOnline, runOnline } from './migrate-online.ts'

/**
 * Milliseconds that a file waits for those who use its tables, and that they then have to themselves: whoever waits for such
 * a lock keeps everybody behind it waiting. After so many tries it is left to a person.
 */
const LOCK_TIMEOUT = 5_000
const PAUSE = 2_000
const TRIES = 10

export interface MigrationTarget {
  module: string
  url: string
  /** The folder of `NNNN_name.sql` files. */
  folder: URL
  /**
   * PostgreSQL extensions that the files rely on. They go into `public`, which is on the search path of every module: one
   * that is there already stays where it is.
   */
  extensions?: readonly string[]
}

export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * Brings each module's schema up to date. One at a time across processes (an advisory lock), one transaction a file (see
 * `migrate-online.ts` for those without), tried again while others hold its tables, every applied file's hash checked
 * first; rows of files that this version does not have (a newer version ran here) are left alone. Makes the roles `<module>_owner` and `<module>_app` and the schema when missing.
 */
export async function migrate(targets: readonly MigrationTarget[], log?: Logger): Promise<void> {
  for (const { module, url, folder, extensions = [] } of targets) {
    await inSession(url, async (client) => {
      await waitForOthers(client)
      await requireVersion(client)
      // Where the modules share a database, all that is missing is said at once.
      const all = targets.filter((target) => target.url === url)
      await prepare(client, { module, extensions }, all)
      await client.query(`set role ${module}_owner`)
      await client.query(
        `create table if not exists ${module}.migration (name text primary key, hash text not null, applied_at timestamptz not null default now())`,
      )
      await client.query(`revoke insert, update, delete on ${module}.migration from ${module}_app`)
      for (const file of await pending(client, { module, files: readFiles(folder) })) {
        await apply(client, { module, file }, log)
        log?.info({ module, migration: file.name }, 'migrated')
      }
    })
  }
}

/**
 * Asks again and again, and does not wait in a statement: the index that whoever has the lock is building would wait for the
 * end of that statement.
 */
async function waitForOthers(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
      ['lightpress.migrate'],
    )
    if (rows[0]?.mine) return
    await sleep(200)
  }
}

async function requireVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>('show server_version_num')
  const version = Math.floor(Number(rows[0]?.server_version_num) / 10_000)
  if (version < 16)
    throw new MigrationError(`Lightpress needs PostgreSQL 16 or newer; this server is version ${version}.`)
}

interface MigrationFile {
  name: string
  sql: string
  hash: string
}

function readFiles(folder: URL): MigrationFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder.href.endsWith('/') ? folder : `${folder.href}/`), 'utf8')
      // A download may have other line ends than a clone.
      return { name, sql, hash: createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex') }
    })
}

async function pending(
  client: pg.Client,
  { module, files }: { module: string; files: MigrationFile[] },
): Promise<MigrationFile[]> {
  const { rows } = await client.query<{ name: string; hash: string }>(`select name, hash from ${module}.migration`)
  const applied = new Map(rows.map((row) => [row.name, row.hash]))
  const edited = files.filter(({ name, hash }) => applied.has(name) && applied.get(name) !== hash)
  if (edited.length > 0) {
    const names = edited.map(({ name }) => `${module}/${name}`).join(', ')
    throw new MigrationError(
      `${names} was edited after it was applied. Restore the file as it was and put the change into a new migration.`,
    )
  }
  return files.filter(({ name }) => !applied.has(name))
}

interface Pending {
  module: string
  file: MigrationFile
}

async function apply(client: pg.Client, { module, file }: Pending, log?: Logger): Promise<void> {
  const online = isOnline(file.sql)
  try {
    await (online ? applyOnline(client, { module, file }) : applyPatiently(client, { module, file }, log))
  } catch (error) {
    const left = online ? 'what of it is done remains, and the next run goes on' : 'nothing of it remains'
    const why = isLockTimeout(error)
      ? `others held a table that it needs, each of ${TRIES} times. Find their transactions in pg_stat_activity, and run it again.`
      : (error as Error).message
    throw new MigrationError(`${module}/${file.name} could not be applied; ${left}: ${why}`, { cause: error })
  }
}

async function applyPatiently(client: pg.Client, { module, file }: Pending, log?: Logger): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await applyAtOnce(client, { module, file })
    } catch (error) {
      if (tries === TRIES || !isLockTimeout(error)) throw error
      log?.info({ module, migration: file.name, tries }, 'others hold a table that it needs: it tries again')
      await sleep(PAUSE)
    }
  }
}

/** lock_not_available: PostgreSQL's documentation, appendix A. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === '55P03'
}

async function applyAtOnce(client: pg.Client, { module, file }: Pending): Promise<void> {
  try {
    await client.query('begin')
    await client.query(`set local lock_timeout = ${LOCK_TIMEOUT}`)
    await client.query(`set local search_path to ${module}, public`)
    await client.query(file.sql)
    await writeDown(client, { module, file })
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  }
}

async function applyOnline(client: pg.Client, { module, file }: Pending): Promise<void> {
  await runOnline(client, { schema: module, sql: file.sql })
  await writeDown(client, { module, file })
}

async function writeDown(client: pg.Client, { module, file }: Pending): Promise<void> {
  await client.query(`insert into ${module}.migration (name, hash) values ($1, $2)`, [file.name, file.hash])
}

interface Statement {
  /** Answers a row when there is nothing to do. */
  unless: string
  sql: string
}

type Prepared = Pick<MigrationTarget, 'module' | 'extensions'>

/** The owner makes tables, the app reads and writes them, and neither sees another module's schema. */
function roleStatements({ module, extensions = [] }: Prepared, login: string): Statement[] {
  const owner = `${module}_owner`
  const app = `${module}_app`
  const granted = (kind: string) =>
    `select from pg_default_acl a join pg_namespace n on n.oid = a.defaclnamespace where n.nspname = '${module}' and a.defaclobjtype = '${kind}'`
  const defaults = `alter default privileges for role ${owner} in schema ${module} grant`
  return [
    ...[owner, app].flatMap((role) => [
      { unless: `select from pg_roles where rolname = '${role}'`, sql: `create role ${role} nologin` },
      {
        unless: `select from pg_roles where rolname = '${role}' and pg_has_role('${login}', oid, 'set')`,
        sql: `grant ${role} to "${login}"`,
      },
    ]),
    {
      unless: `select from pg_namespace where nspname = '${module}'`,
      sql: `create schema ${module} authorization ${owner}`,
    },
    {
      unless: `select from pg_namespace n, pg_roles r where nspname = '${module}' and rolname = '${app}' and has_schema_privilege(r.oid, n.oid, 'usage')`,
      sql: `grant usage on schema ${module} to ${app}`,
    },
    { unless: granted('r'), sql: `${defaults} select, insert, update, delete on tables to ${app}` },
    { unless: granted('S'), sql: `${defaults} usage, select on sequences to ${app}` },
    ...extensions.map((name) => ({
      unless: `select from pg_extension where extname = '${name}'`,
      sql: `create extension ${name} with schema public`,
    })),
  ]
}

/** Roles, schema and extensions, which it may take an administrator to make. */
async function prepare(client: pg.Client, target: Prepared, all: readonly Prepared[]): Promise<void> {
  const { rows } = await client.query<{ login: string }>('select session_user as login')
  const login = rows[0]?.login ?? ''
  for (const { unless, sql } of roleStatements(target, login)) {
    if ((await client.query(unless)).rowCount) continue
    try {
      await client.query(sql)
    } catch (error) {
      const code = error instanceof pg.DatabaseError ? error.code : undefined
      // Roles belong to the whole server: another database's migration may have made it a moment ago.
      if (code !== undefined && ['42710', '23505', 'XX000', '42P06'].includes(code)) continue
      if (code !== '42501') throw error
      const missing = await findMissing(
        client,
        all.flatMap((each) => roleStatements(each, login)),
      )
      throw new MigrationError(
        `The login "${login}" may not do this: ${sql}. Run the following in this database as an administrator once, then migrate again:\n${missing.map((line) => `  ${line};`).join('\n')}`,
        { cause: error },
      )
    }
  }
}

async function findMissing(client: pg.Client, statements: readonly Statement[]): Promise<string[]> {
  const missing: string[] = []
  for (const { unless, sql } of statements) if (!(await client.query(unless)).rowCount) missing.push(sql)
  return missing
}

/** Runs `work` in one session of its own. A database that cannot be reached is told in words, without its password. */
export async function inSession<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'lightpress-migrate',
    // The server's own limit is for requests; an index of a great table takes what it takes.
    options: '-c statement_timeout=0',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch (error) {
    const { host, pathname } = new URL(url)
    throw new MigrationError(
      `The database at ${host}${pathname} cannot be reached: ${(error as Error).message || String(error)}. Check DATABASE_URL.`,
      { cause: error },
    )
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
