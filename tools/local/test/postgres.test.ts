import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startPostgres } from '../src/index.ts'
import type { Postgres } from '../src/index.ts'
import { locateData, removeData } from '../src/postgres/places.ts'
import { isAlive } from '../src/processes.ts'

let folder: string
let dataDir: string
let servers: Postgres[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-test-'))
  chmodSync(folder, 0o755)
  dataDir = join(folder, 'postgres')
  servers = []
})

afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  removeData(dataDir)
  rmSync(folder, { recursive: true, force: true })
})

async function start(): Promise<Postgres> {
  const server = await startPostgres({ dataDir })
  servers.push(server)
  return server
}

describe('the embedded PostgreSQL', () => {
  it('is version 16, takes 300 connections and listens on the loopback only', async () => {
    const { url } = await start()
    expect(await ask(url, 'SHOW server_version')).toMatch(/^16\./)
    expect(await ask(url, 'SHOW max_connections')).toBe('300')
    expect(await ask(url, 'SHOW listen_addresses')).toBe('127.0.0.1')
    expect(await ask(url, 'SHOW unix_socket_directories')).toBe('')
    expect(await ask(url, 'SHOW fsync')).toBe('on')
  })

  it('refuses a login without the password', async () => {
    const { url } = await start()
    const wrong = new URL(url)
    wrong.password = 'guess'
    await expect(ask(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  })

  it('keeps its data over a stop and a start', async () => {
    const first = await start()
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start()
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42)
  })

  it('starts over a pid file left by SIGKILL, even where another process has that number now', async () => {
    const first = await start()
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    process.kill(first.pid, 'SIGKILL')
    while (isAlive(first.pid)) await new Promise((resolve) => setTimeout(resolve, 10))

    const second = await start()
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42)
    await second.stop()

    // Ours is alive and no server.
    writeFileSync(join(dataDir, 'cluster', 'postmaster.pid'), `${process.pid}\n${join(dataDir, 'cluster')}\n`)
    const third = await start()
    expect(await ask(third.url, 'SELECT answer FROM kept')).toBe(42)
  })

  it('takes over from a server that outlived its supervisor', async () => {
    const { url, pid } = await startAndKillSupervisor({ dataDir })
    await ask(url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const second = await start()
    expect(isAlive(pid)).toBe(false)
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42)
  })

  it('runs in a folder that only its user can enter, and survives there, for root too', async () => {
    chmodSync(folder, 0o700)
    const first = await start()
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const isRoot = process.getuid?.() === 0
    expect(locateData(dataDir) !== dataDir).toBe(isRoot)
    const second = await start()
    expect(await ask(second.url, 'SELECT answer FROM kept')).toBe(42)
    await second.stop()
    removeData(dataDir)
    expect(existsSync(dataDir)).toBe(false)
  })

  it('tells of a crash with the end of its log', async () => {
    const crashed = Promise.withResolvers<string>()
    const server = await startPostgres({ dataDir, onCrash: crashed.resolve })
    servers.push(server)
    process.kill(server.pid, 'SIGQUIT')
    expect(await crashed.promise).toContain('received immediate shutdown request')
  })

  it('says what to do when the folder cannot be made', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    await expect(startPostgres({ dataDir: join(file, 'postgres') })).rejects.toThrow(
      /could not be made.*Make that folder writable/s,
    )
  })

  it('says what to do when the cluster is not one', async () => {
    const server = await start()
    await server.stop()
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '9.6\n')
    await expect(startPostgres({ dataDir })).rejects.toThrow('another major version: npm run reset')
  })
})

describe('a PostgreSQL for a test', () => {
  it('leaves nothing behind when it is stopped', async () => {
    const server = await startPostgres()
    servers.push(server)
    const folder = String(await ask(server.url, 'SHOW data_directory'))
    expect(existsSync(folder)).toBe(true)
    await server.stop()
    expect(existsSync(folder)).toBe(false)
  })

  it('leaves nothing behind when whoever started it is killed', async () => {
    const { pid, folder } = await startAndKillSupervisor({})
    await expect.poll(() => isAlive(pid) || existsSync(folder), { timeout: 10_000 }).toBe(false)
  })
})

/** Starts a server from another process, which then dies by SIGKILL without stopping it. */
async function startAndKillSupervisor(options: {
  dataDir?: string
}): Promise<{ url: string; pid: number; folder: string }> {
  const module = new URL('../src/index.ts', import.meta.url).href
  const program = `
    const { startPostgres } = await import(${JSON.stringify(module)})
    const { url, pid } = await startPostgres(${JSON.stringify(options)})
    console.log(JSON.stringify({ url, pid }))
    setInterval(() => {}, 1000)`
  const supervisor = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface(supervisor.stdout)
  const [line] = (await once(lines, 'line')) as [string]
  const { url, pid } = JSON.parse(line) as { url: string; pid: number }
  const folder = String(await ask(url, 'SHOW data_directory'))
  supervisor.kill('SIGKILL')
  await once(supervisor, 'exit')
  return { url, pid, folder }
}

/** The first value of the first row. */
async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client(url)
  // A server that is stopped ends its sessions: no news here.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}
