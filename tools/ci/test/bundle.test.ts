import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, freePort, type TestDatabase } from '@lightpress/local'
import { createTokenIssuer, testEnvironment, until } from '@lightpress/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, copyMigrations, type Bundle } from '../src/bundle.ts'
import { workspace } from '../src/discover.ts'

const running = new Set<ChildProcess>()

let folder: string
let api: Bundle
let users: Bundle
let database: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightpress-bundle-'))
  api = await bundle(join(workspace, 'apps/api'), join(folder, 'api'))
  users = await bundle(join(workspace, 'apps/users-service'), join(folder, 'users'))
  database = await createTestDatabase()
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await database.drop()
  await rm(folder, { recursive: true })
})

describe('a bundle', () => {
  it('migrates, serves and stops with nothing beside it but Node', async () => {
    const env = await environment()
    const migrated = start(api, ['migrate'], env)
    expect(await exitCode(migrated.child), migrated.output()).toBe(0)

    const server = start(api, [], env)
    const at = (path: string) => `http://127.0.0.1:${env.PORT}${path}`
    await until(
      () => status(at('/health/ready')),
      (code) => {
        if (server.child.exitCode !== null) throw new Error(server.output())
        return code === 200
      },
    )
    expect(await status(at('/v1/users/me'))).toBe(401)
    expect(await status(at('/v1/billing/plans'))).toBe(200)
    for (const path of ['/docs', '/docs/reference.js', '/docs/reference.css', '/openapi.json']) {
      expect(await status(at(path)), path).toBe(200)
    }
    // The native add-on that hashes passwords.
    const person = { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada Lovelace' }
    const signUp = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(person) }
    expect(await status(at('/v1/auth/sign-up'), signUp)).toBe(201)

    server.child.kill('SIGTERM')
    expect(await exitCode(server.child), server.output()).toBe(0)
  })

  it('of one module takes in a picture, with the native library that lies beside it', async () => {
    const publicUrl = 'http://localhost:3000'
    const issuer = createTokenIssuer(publicUrl)
    const neighbours = await playNeighbours({
      '/internal/auth/readVerificationKeys': { keys: issuer.keys },
      '/internal/auth/readRevocations': { revocations: [], latest: 0, keySet: '' },
    })
    const elsewhere = { AUTH_URL: neighbours.url, BILLING_URL: neighbours.url, NOTIFICATIONS_URL: neighbours.url }
    const env = { ...(await environment()), ...elsewhere, PUBLIC_URL: publicUrl, ROLES: 'http' }
    const migrated = start(users, ['migrate'], env)
    expect(await exitCode(migrated.child), migrated.output()).toBe(0)
    const userId = await insertPerson(database.url)

    const server = start(users, [], env)
    const at = (path: string) => `http://127.0.0.1:${env.PORT}${path}`
    await until(
      () => status(at('/health/ready')),
      (code) => {
        if (server.child.exitCode !== null) throw new Error(server.output())
        return code === 200
      },
    )
    const answer = await fetch(at('/v1/users/me/avatar'), {
      method: 'POST',
      headers: { authorization: `Bearer ${issuer.issue({ userId })}`, 'content-type': 'image/png' },
      body: DOT,
    })
    const { avatarUrl } = (await answer.json()) as { avatarUrl: string }
    expect(answer.status, server.output()).toBe(200)
    const shown = await fetch(at(avatarUrl))
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(Buffer.from(await shown.arrayBuffer()).toString('latin1', 8, 12)).toBe('WEBP')

    server.child.kill('SIGTERM')
    expect(await exitCode(server.child), server.output()).toBe(0)
    await neighbours.close()
  })

  it('cannot seed: that is for development', async () => {
    const seeding = start(api, ['seed'], await environment())
    expect(await exitCode(seeding.child)).toBe(1)
    expect(seeding.output()).toContain('Seeding is for development')
  })

  it('says what is missing when it is started without configuration', async () => {
    const bare = start(api, [], {})
    expect(await exitCode(bare.child)).toBe(1)
    expect(bare.output()).toContain('DATABASE_URL is missing')
  })

  it('carries what its modules need and nothing of the others', async () => {
    const paths = users.files.map(({ path }) => path).filter((path) => !/^(main\.js|certificates\/)/.test(path))
    const migrations = (await readdir(join(workspace, 'packages/users/module/migrations')))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => `migrations/users/${file}`)
    expect(migrations).toContain('migrations/users/0000_init.sql')
    const native = paths.filter((path) => path.startsWith('node_modules/'))
    expect(paths.filter((path) => !native.includes(path)).sort()).toEqual([...migrations, 'package.json'].sort())
    // The two packages of sharp for the machine that the bundle is made on.
    const packages = new Set(native.map((path) => path.split('/').slice(1, 3).join('/')))
    expect(packages).toEqual(
      new Set([expect.stringMatching(/^@img\/sharp-/), expect.stringMatching(/^@img\/sharp-libvips-/)]),
    )
  })

  it('carries them from a checkout below any folder, and is not made without them', async () => {
    const source = join(folder, 'meta', 'metabase', 'migrations')
    await mkdir(join(source, 'meta'), { recursive: true })
    await writeFile(join(source, 'meta', '_journal.json'), '{}')
    await expect(copyMigrations(source, join(folder, 'none'))).rejects.toThrow(`There is no migration in ${source}`)
    await writeFile(join(source, '0000_init.sql'), 'SELECT 1')
    await copyMigrations(source, join(folder, 'some'))
    expect(await readdir(join(folder, 'some'))).toEqual(['0000_init.sql'])
  })

  it('has the same bytes when it is built again', async () => {
    const again = await bundle(join(workspace, 'apps/users-service'), join(folder, 'again'))
    expect(again.files).toEqual(users.files)
    for (const { path } of users.files) {
      expect((await readFile(join(again.folder, path))).equals(await readFile(join(users.folder, path))), path).toBe(
        true,
      )
    }
  })
})

/** A PNG of one pixel. */
const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)

/** What a process asks of neighbours that run elsewhere, answered alike each time. */
async function playNeighbours(answers: Record<string, unknown>) {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? '']
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? {}))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) }
}

/** As `createUser` does, which only neighbours can call. */
async function insertPerson(databaseUrl: string): Promise<string> {
  const userId = crypto.randomUUID()
  const client = new pg.Client(databaseUrl)
  await client.connect()
  await client.query("insert into users.person (id, email, email_key, name) values ($1, 'a@b.c', 'a@b.c', 'Ada')", [
    userId,
  ])
  await client.end()
  return userId
}

/** Everything that any module needs; the vendors are not there, and need not be. */
async function environment() {
  return {
    ...testEnvironment(database.url),
    PORT: String(await freePort()),
    INTERNAL_PORT: String(await freePort()),
    STRIPE_SECRET_KEY: 'sk_test_123',
    STRIPE_WEBHOOK_SECRET: 'whsec_123',
    STRIPE_API_BASE: 'http://127.0.0.1:9',
    RESEND_API_KEY: 're_123',
    RESEND_WEBHOOK_SECRET: 'whsec_MTIz',
    RESEND_BASE_URL: 'http://127.0.0.1:9',
    EMAIL_FROM: 'Lightpress <hello@example.com>',
  }
}

function start({ folder }: Bundle, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['main.js', ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  return { child, output: () => output }
}

async function exitCode(child: ChildProcess): Promise<unknown> {
  if (child.exitCode === null) await once(child, 'close')
  running.delete(child)
  return child.exitCode
}

async function status(url: string, request: RequestInit = {}): Promise<number | undefined> {
  return fetch(url, request).then(
    (response) => response.status,
    () => undefined,
  )
}
