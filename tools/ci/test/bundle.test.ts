import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, freePort, type TestDatabase } from '@lightpress/dev'
import { testEnvironment, until } from '@lightpress/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle, type Bundle } from '../src/bundle.ts'

const workspace = join(import.meta.dirname, '../../..')
const running = new Set<ChildProcess>()

let folder: string
let built: Bundle
let database: TestDatabase

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lightpress-bundle-'))
  built = await bundle(join(workspace, 'apps/users-service'), join(folder, 'service'))
  database = await createTestDatabase()
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await database.drop()
  await rm(folder, { recursive: true })
})

describe('a bundled service', () => {
  it('migrates, serves and stops with nothing beside it but Node', async () => {
    const env = await environment()
    const migrated = start(['migrate'], env)
    expect(await exitCode(migrated.child), migrated.output()).toBe(0)

    const server = start([], env)
    await until(
      () => status(`http://127.0.0.1:${env.PORT}/health/ready`),
      (code) => code === 200,
    )
    expect(await status(`http://127.0.0.1:${env.PORT}/v1/users/me`)).toBe(401)
    server.child.kill('SIGTERM')
    expect(await exitCode(server.child), server.output()).toBe(0)
  })

  it('cannot seed: what is for development stays behind', async () => {
    const seeding = start(['seed'], await environment())
    expect(await exitCode(seeding.child)).toBe(1)
    expect(seeding.output()).toContain('Seeding is for development')
  })

  it('says what is missing when it is started without configuration', async () => {
    const bare = start([], {})
    expect(await exitCode(bare.child)).toBe(1)
    expect(bare.output()).toContain('DATABASE_URL is missing')
  })

  it('carries the migrations of its own module and not the reference page', () => {
    const paths = built.files.map(({ path }) => path)
    expect(paths).toContain('migrations/users/0000_init.sql')
    expect(paths.filter((path) => path.startsWith('migrations/') && !path.startsWith('migrations/users/'))).toEqual([])
    expect(paths).not.toContain('swagger-ui-bundle.js')
  })

  it('has the same bytes when it is built again', async () => {
    const again = await bundle(join(workspace, 'apps/users-service'), join(folder, 'again'))
    expect(again.files).toEqual(built.files)
    for (const { path } of built.files) {
      expect(await readFile(join(again.folder, path)), path).toEqual(await readFile(join(built.folder, path)))
    }
  })
})

async function environment() {
  return {
    ...testEnvironment(database.url),
    PORT: String(await freePort()),
    INTERNAL_PORT: String(await freePort()),
    // Neighbours that are not there: a service starts without them.
    AUTH_URL: 'http://127.0.0.1:9',
    NOTIFICATIONS_URL: 'http://127.0.0.1:9',
  }
}

function start(args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, ['main.js', ...args], {
    cwd: built.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
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

async function status(url: string): Promise<number | undefined> {
  return fetch(url).then(
    (response) => response.status,
    () => undefined,
  )
}
