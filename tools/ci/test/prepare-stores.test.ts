import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { migrate } from '@lightpress/kernel'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../../infra/prepare-stores.sh', import.meta.url))

// Roles belong to the whole server, which other tests use at the same time.
const modules = ['garden', 'shed']
const logins = ['migrator', ...modules.map((module) => `${module}_service`)]
const roles = [...logins, ...modules.flatMap((module) => [`${module}_owner`, `${module}_app`])]

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await createTestDatabase()
  folder = mkdtempSync(join(tmpdir(), 'prepare-'))
  const names = [...modules.map((module) => `${module}/database-url`), 'migrator/database-url', 'queue-url']
  const keys = ['internal-key', 'secrets-encryption-key', 'auth/key-encryption-key', 'billing/stripe-secret-key']
  save(Object.fromEntries([...names, ...keys].map((name) => [`lightpress-staging/${name}`, 'unset'])))
  standIn('aws', aws)
  standIn('psql', psql)
  standIn('curl', '')
})
afterEach(async () => {
  await database.drop()
  const server = await connect(new URL('/postgres', database.url).href)
  for (const role of roles) await server.query(`drop role if exists ${role}`)
  await server.end()
  rmSync(folder, { recursive: true })
})

describe('preparing the stores of an environment', () => {
  it('gives each module a login that sees its own schema alone, and one that migrates all of them', async () => {
    const { code, output } = await prepare()
    expect(code, output).toBe(0)
    const url = (name: string) => new URL(secrets()[`lightpress-staging/${name}/database-url`] as string)
    expect(url('garden').searchParams.get('sslmode')).toBe('verify-full')
    expect(url('garden').hostname).toBe('database.test')

    await migrate(modules.map((module) => ({ module, url: asHere(url('migrator')), folder: migrationsOf(module) })))
    const garden = await connect(asHere(url('garden')), 'garden_app')
    await garden.query('insert into garden.plant values (1)')
    await expect(garden.query('select from shed.plant')).rejects.toThrow('permission denied')
    await expect(garden.query('create table garden.weed ()')).rejects.toThrow('permission denied')
    await expect(garden.query('set role shed_app')).rejects.toThrow('permission denied')
    await garden.end()
  })

  it('gives the queue a password, and says what a person has to set', async () => {
    const { output } = await prepare()
    const queue = new URL(secrets()['lightpress-staging/queue-url'] as string)
    expect([queue.protocol, queue.username, queue.host]).toEqual(['rediss:', 'lightpress', 'queue.test:6379'])
    expect(readFileSync(join(folder, 'queue-login'), 'utf8')).toBe(
      `{"Type":"password","Passwords":["${queue.password}"]}`,
    )
    // Nor is it among the words of any command, where other processes would see it.
    expect(calls().filter((call) => call.includes(queue.password))).toEqual([])
    expect(Buffer.from(secrets()['lightpress-staging/internal-key'] as string, 'base64')).toHaveLength(32)
    expect(output).toContain('lightpress-staging/billing/stripe-secret-key has no value yet')
    for (const value of Object.values(secrets())) if (value !== 'unset') expect(output).not.toContain(value)
  })

  it('leaves what has a value as it is, so that a new module can be added', async () => {
    await prepare(['garden'])
    const before = secrets()
    const { code, output } = await prepare(modules)
    expect(code, output).toBe(0)
    expect(secrets()).toEqual({
      ...before,
      'lightpress-staging/shed/database-url': expect.stringContaining('postgres://shed_service:') as unknown,
    })
  })

  it.each(['secretsmanager get-secret-value', 'secretsmanager put-secret-value', 'rds', 'elasticache modify-user'])(
    'stops when AWS refuses: %s',
    async (refused) => {
      const { code, output } = await prepare(modules, { REFUSED: refused })
      expect(code).not.toBe(0)
      expect(output).toContain('AccessDenied')
      expect(secrets()['lightpress-staging/internal-key']).toBe('unset')
    },
  )

  it('stops when the database refuses', async () => {
    const { code, output } = await prepare(['garden'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' })
    expect(code).not.toBe(0)
    expect(output).toContain('ECONNREFUSED')
  })
})

async function prepare(names: readonly string[] = modules, env: Record<string, string> = {}) {
  const child = spawn('bash', [script, 'staging', ...names], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      AWS_REGION: 'eu-west-2',
      FOLDER: folder,
      DATABASE_URL: database.url,
      PG: import.meta.resolve('pg'),
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, output }
}

/** The address as a service has it, but of the server of this test. */
function asHere(url: URL): string {
  const here = new URL(database.url)
  here.username = url.username
  here.password = url.password
  return here.href
}

async function connect(connectionString: string, role?: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, ...(role && { options: `-c role=${role}` }) })
  await client.connect()
  return client
}

function migrationsOf(module: string): URL {
  const place = mkdtempSync(join(folder, 'migrations-'))
  writeFileSync(join(place, '0000_plant.sql'), `create table ${module}.plant (id int);`)
  return pathToFileURL(`${place}/`)
}

function standIn(program: string, code: string) {
  writeFileSync(join(folder, program), `#!/usr/bin/env node\n${code}`)
  chmodSync(join(folder, program), 0o755)
}

function save(secrets: Record<string, string>) {
  writeFileSync(join(folder, 'secrets.json'), JSON.stringify(secrets))
}

function secrets(): Record<string, string> {
  return JSON.parse(readFileSync(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>
}

function calls(): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').split('\n')
}

const aws = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const words = process.argv.slice(2)
const file = process.env.FOLDER + '/secrets.json'
const secrets = JSON.parse(readFileSync(file, 'utf8'))
const option = (name) => words[words.indexOf('--' + name) + 1]
appendFileSync(process.env.FOLDER + '/calls', words.join(' ') + '\\n')
if (process.env.REFUSED && words.join(' ').startsWith(process.env.REFUSED)) {
  console.error('An error occurred (AccessDenied)')
  process.exit(254)
}
switch (words.slice(0, 2).join(' ')) {
  case 'rds describe-db-instances':
    console.log(option('query').endsWith('Address') ? 'database.test' : 'administrator')
    break
  case 'elasticache describe-replication-groups':
    console.log('queue.test')
    break
  case 'elasticache modify-user':
    writeFileSync(process.env.FOLDER + '/queue-login', readFileSync(0, 'utf8'))
    break
  case 'secretsmanager list-secrets':
    console.log(Object.keys(secrets).join('\\t'))
    break
  case 'secretsmanager get-secret-value':
    console.log(option('secret-id') === 'administrator' ? '{"password":"of the administrator"}' : secrets[option('secret-id')])
    break
  case 'secretsmanager put-secret-value':
    secrets[option('secret-id')] = readFileSync(0, 'utf8').trim()
    writeFileSync(file, JSON.stringify(secrets))
    break
  default:
    throw new Error('Not stood in for: ' + words.join(' '))
}
`

// The database of production is called lightpress; a server that tests share has one for each of them. It cannot load
// pg_stat_statements, which RDS does.
const psql = `
import(process.env.PG).then(async ({ default: pg }) => {
  if (process.env.PGPASSWORD !== 'of the administrator') throw new Error('Not the password of the administrator')
  const name = new URL(process.env.DATABASE_URL).pathname.slice(1)
  const sql = require('node:fs').readFileSync(0, 'utf8').replaceAll('database lightpress', 'database ' + name)
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  await client.connect()
  await client.query(sql)
  await client.end()
}).catch((error) => {
  console.error(error)
  process.exit(3)
})
`
