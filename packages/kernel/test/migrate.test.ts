import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import pg from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate } from '../src/migrate.ts'
import { until } from './support/start.ts'

let database: TestDatabase
let folder: string

beforeEach(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'migrations-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true })
  await database.drop()
})

const put = (name: string, sql: string) => writeFileSync(join(folder, name), sql)
const run = (url = database.url) => migrate([{ module: 'sample', url, folder: pathToFileURL(`${folder}/`) }])

async function ask<R extends pg.QueryResultRow>(sql: string, options?: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: database.url, ...(options && { options }) })
  await client.connect()
  try {
    return (await client.query<R>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Holds a row of a table in an open transaction, which whatever builds an index on it waits for, until it is called. */
async function holdRowOf(table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('begin')
  await client.query(`insert into ${table} values (0)`)
  return async () => {
    await client.query('rollback')
    await client.end()
  }
}

/** The processes of the server that build an index. */
const building = () =>
  ask<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and query ilike 'create index%' and wait_event = 'virtualxid'`,
  )

const indexes = () =>
  ask<{ name: string; valid: boolean }>(
    `select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indrelid in ('sample.a'::regclass, 'sample.b'::regclass) order by 1`,
  )

const tables = 'create table sample.a (id int); create table sample.b (id int);'
const online = `-- lightpress:no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "a_id" ON "sample"."a" USING btree ("id");--> statement-breakpoint
-- The second.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "b_id" ON "sample"."b" USING btree ("id");`

describe('a migration of a table that is in use', () => {
  it('gives way to those who use it, and tries again', async () => {
    put('0000_tables.sql', tables)
    await run()
    put('0001_wider.sql', 'alter table sample.a add column other int;')
    const release = await holdRowOf('sample.a')
    const lines: string[] = []
    const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
    const running = migrate([{ module: 'sample', url: database.url, folder: pathToFileURL(`${folder}/`) }], log)
    await until(
      () => lines.some((line) => line.includes('it tries again')),
      (gaveWay) => gaveWay,
    )
    // Nobody waits behind it meanwhile.
    await ask('select from sample.a', '-c lock_timeout=1000')
    await release()
    await running
    await ask('select other from sample.a')
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
      expect.objectContaining({ migration: '0001_wider.sql', msg: 'migrated' }),
    )
  })
})

describe('a migration without a transaction', () => {
  beforeEach(() => {
    put('0000_tables.sql', tables)
    put('0001_indexes.sql', online)
  })

  it('keeps nobody from writing into the table while it builds an index', async () => {
    rmSync(join(folder, '0001_indexes.sql'))
    await run()
    put('0001_indexes.sql', online)
    const release = await holdRowOf('sample.b')
    const running = run()
    await until(building, (found) => found.length > 0)
    await ask(`insert into sample.b values (1)`, '-c lock_timeout=1000')
    await release()
    await running
    expect(await indexes()).toEqual([
      { name: 'sample.a_id', valid: true },
      { name: 'sample.b_id', valid: true },
    ])
  })

  it('goes on after it died in the middle, and builds anew what was left unfinished', async () => {
    rmSync(join(folder, '0001_indexes.sql'))
    await run()
    put('0001_indexes.sql', online)
    const release = await holdRowOf('sample.b')
    const running = run().catch((reason: unknown) => reason)
    const [backend] = await until(building, (found) => found.length > 0)
    await ask(`select pg_terminate_backend(${backend?.pid})`)
    expect(((await running) as Error).message).toMatch(/0001_indexes\.sql could not be applied; .*the next run goes on/)
    await release()
    expect(await indexes()).toEqual([
      { name: 'sample.a_id', valid: true },
      { name: 'sample.b_id', valid: false },
    ])
    expect(await ask('select name from sample.migration')).toEqual([{ name: '0000_tables.sql' }])
    await run()
    expect(await indexes()).toMatchObject([{ valid: true }, { valid: true }])
    expect(await ask('select count(*)::int from sample.migration')).toEqual([{ count: 2 }])
  })

  it('may run in several processes at once: whoever waits is not waited for', async () => {
    await Promise.all([run(), run(), run(), run()])
    expect(await indexes()).toMatchObject([{ valid: true }, { valid: true }])
    expect(await ask('select count(*)::int from sample.migration')).toEqual([{ count: 2 }])
  })

  it('replaces an index, and may do so twice', async () => {
    await run()
    const replace = `-- lightpress:no-transaction
      create index concurrently if not exists a_both on a (id, id);--> statement-breakpoint
      drop index concurrently if exists a_id;`
    put('0002_replace.sql', replace)
    await run()
    put('0003_again.sql', replace)
    await run()
    expect(await indexes()).toMatchObject([{ name: 'sample.a_both' }, { name: 'sample.b_id' }])
  })

  it.each(['update sample.a set id = 1', 'create index concurrently a_id on sample.a (id)', 'drop index a_id'])(
    'holds nothing that could not be run again: %s',
    async (sql) => {
      put('0001_indexes.sql', `-- lightpress:no-transaction\n${sql};`)
      await expect(run()).rejects.toThrow(/may hold .* only, so that it can be run again/)
    },
  )
})

describe('migrate', () => {
  it('takes the time that a statement needs, whatever the server allows a request', async () => {
    await ask(`alter database ${new URL(database.url).pathname.slice(1)} set statement_timeout = '50ms'`)
    await expect(ask('select pg_sleep(0.2)')).rejects.toThrow('statement timeout')
    put('0000_slow.sql', 'select pg_sleep(0.2); create table sample.a (id int);')
    await run()
  })

  it('applies new files in order, and each once', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    await run()
    put('0001_b.sql', 'alter table sample.a add column b int;')
    await run()
    await run()
    expect(await ask('select name from sample.migration order by name')).toEqual([
      { name: '0000_a.sql' },
      { name: '0001_b.sql' },
    ])
  })

  it('refuses a file that was edited after it was applied, and changes nothing', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    await run()
    put('0000_a.sql', 'create table sample.a (id bigint);')
    put('0001_b.sql', 'create table sample.b (id int);')
    await expect(run()).rejects.toThrow(/sample\/0000_a\.sql was edited after it was applied/)
    expect(await ask("select to_regclass('sample.b') as b")).toEqual([{ b: null }])
  })

  it('leaves nothing of a file that fails, and keeps those before it', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    put('0001_b.sql', 'create table sample.b (id int); select 1/0;')
    await expect(run()).rejects.toThrow(
      /sample\/0001_b\.sql could not be applied; nothing of it remains: division by zero/,
    )
    expect(await ask("select to_regclass('sample.a') as a, to_regclass('sample.b') as b")).toEqual([
      { a: 'sample.a', b: null },
    ])
  })

  it('leaves alone what a newer version applied', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    put('0001_b.sql', 'create table sample.b (id int);')
    await run()
    rmSync(join(folder, '0001_b.sql'))
    await run()
    expect(await ask('select count(*)::int from sample.migration')).toEqual([{ count: 2 }])
  })

  it('may run in several processes at once', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    await Promise.all([run(), run(), run(), run()])
    expect(await ask('select count(*)::int from sample.migration')).toEqual([{ count: 1 }])
  })

  it('gives the app role rows but no tables, and nothing of a neighbour', async () => {
    put('0000_a.sql', 'create table sample.a (id int);')
    await run()
    await migrate([{ module: 'other', url: database.url, folder: pathToFileURL(`${folder}/`) }]).catch(() => undefined)
    expect(await ask('insert into sample.a values (1) returning id', '-c role=sample_app')).toEqual([{ id: 1 }])
    await expect(ask('create table sample.mine (id int)', '-c role=sample_app')).rejects.toThrow(/permission denied/)
    await expect(ask('select * from sample.a', '-c role=other_app')).rejects.toThrow(/permission denied/)
    await expect(ask('update sample.migration set hash = $$x$$', '-c role=sample_app')).rejects.toThrow(
      /permission denied/,
    )
  })

  it('tells a login that may not make roles what an administrator must do, for all modules at once, and that works', async () => {
    put('0000_a.sql', 'select 1;')
    const stamp = Date.now()
    const url = new URL(database.url)
    url.username = `plain_${stamp}`
    url.password = 'x'
    await ask(`create role ${url.username} login password 'x'`)
    const targets = ['one', 'two'].map((name) => ({
      module: `${name}${stamp}`,
      url: url.href,
      folder: pathToFileURL(`${folder}/`),
    }))
    const error: unknown = await migrate(targets).catch((reason: unknown) => reason)
    const advice = (error as Error).message
    expect(advice).toMatch(/may not do this: create role one\d+_owner nologin/)
    const statements = advice.split('\n').slice(1)
    expect(statements.join('')).toMatch(/create schema one\d+ [^]*create schema two\d+ /)
    for (const statement of statements) await ask(statement)
    await migrate(targets)
  })

  it('makes the extensions that a module needs, once for all of a database; the app and the files find them', async () => {
    put('0000_a.sql', 'create table a (name text); create index on a using gin (name gin_trgm_ops);')
    const targets = ['sample', 'other'].map((module) => ({
      module,
      url: database.url,
      folder: pathToFileURL(`${folder}/`),
      extensions: ['pg_trgm'],
    }))
    await migrate(targets)
    await migrate(targets)
    const asked = `select extnamespace::regnamespace::text as schema, similarity('ada', 'ada') as same from pg_extension where extname = 'pg_trgm'`
    for (const { module } of targets)
      expect(await ask(asked, `-c role=${module}_app -c search_path=${module},public`)).toEqual([
        { schema: 'public', same: 1 },
      ])
  })

  it('goes on with an extension that a module has in its own schema', async () => {
    put('0000_a.sql', 'create table a (name text);')
    await run()
    await ask('create extension pg_trgm with schema sample')
    put('0001_b.sql', 'create index on a using gin (name gin_trgm_ops);')
    await migrate([
      { module: 'sample', url: database.url, folder: pathToFileURL(`${folder}/`), extensions: ['pg_trgm'] },
    ])
    const options = '-c role=sample_app -c search_path=sample,public'
    expect(await ask("select similarity('ada', 'ada') as same", options)).toEqual([{ same: 1 }])
  })

  it('tells a login that may not make an extension what an administrator must do, and that works', async () => {
    const stamp = Date.now()
    const url = new URL(database.url)
    url.username = `bare_${stamp}`
    url.password = 'x'
    await ask(`create role ${url.username} login createrole password 'x'`)
    const target = {
      module: `bare${stamp}`,
      url: url.href,
      folder: pathToFileURL(`${folder}/`),
      extensions: ['pg_trgm'],
    }
    put('0000_a.sql', `create table a (name text); create index on a using gin (name gin_trgm_ops);`)
    const error: unknown = await migrate([target]).catch((reason: unknown) => reason)
    const advice = (error as Error).message
    expect(advice).toContain('create extension pg_trgm with schema public')
    for (const statement of advice.split('\n').slice(1)) await ask(statement)
    await migrate([target])
  })

  it('says which database cannot be reached, without its password', async () => {
    const error: unknown = await run('postgres://joe:hunter2@127.0.0.1:1/shop').catch((reason: unknown) => reason)
    expect((error as Error).message).toMatch(/127\.0\.0\.1:1\/shop cannot be reached/)
    expect((error as Error).message).not.toContain('hunter2')
  })
})
