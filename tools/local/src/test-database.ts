import { createHash, randomBytes } from 'node:crypto'
import pg from 'pg'

export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

/** What a database begins with: filled once on the server of a test run, and copied from then on. */
export interface Template {
  /** Tells it from others; what fills it differently has another name. */
  name: string
  /** Must leave no connection behind. */
  fill(url: string): Promise<unknown>
}

/** A fresh database on the server of this test run (see test-postgres.ts): empty, or a copy of the template. */
export async function createTestDatabase(template?: Template): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL
  if (!server) {
    throw new Error(
      'TEST_POSTGRES_URL is not set: run the tests with `vitest run --config vitest.workspace.ts`, whose set-up sets it.',
    )
  }
  const name = `test_${randomBytes(8).toString('hex')}`
  await connected(server, async (client) => {
    const like = template ? ` TEMPLATE ${await filled(template, { server, client })}` : ''
    await client.query(`CREATE DATABASE ${name}${like}`)
  })
  return {
    url: urlOf(server, name),
    // FORCE: a test that forgot to close a pool must not keep its database.
    drop: () => connected(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  }
}

/**
 * The template's database. Whoever comes first fills it, the others wait; where that one fails, the next one tries. Each run
 * has its own: on a server that outlives it another run would find the tables of before a change.
 */
async function filled({ name, fill }: Template, { server, client }: { server: string; client: pg.Client }) {
  const unique = `${process.env.TEST_FOLDER ?? ''} ${name}`
  const database = `template_${createHash('sha256').update(unique).digest('hex').slice(0, 16)}`
  const exists = () => client.query('SELECT FROM pg_database WHERE datname = $1', [database])
  if ((await exists()).rowCount) return database
  await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [database])
  try {
    if ((await exists()).rowCount) return database
    const filling = `${database}_filling`
    await client.query(`DROP DATABASE IF EXISTS ${filling} WITH (FORCE)`)
    await client.query(`CREATE DATABASE ${filling}`)
    await fill(urlOf(server, filling))
    // Whole, or not there.
    await client.query(`ALTER DATABASE ${filling} RENAME TO ${database}`)
    return database
  } finally {
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [database])
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
