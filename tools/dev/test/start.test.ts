import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv, stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, requires } from '@lightpress/local'
import { ROOT } from '../src/run/child.ts'
import { sharedEnvironment } from '../src/services.ts'
import { readArguments } from '../src/start/arguments.ts'
import { checkDatabase } from '../src/start/database.ts'
import { forThisMachine } from '../src/start/environment.ts'
import { lockHolder, takeLock } from '../src/start/lock.ts'
import { createLog } from '../src/start/log.ts'
import { readSecrets } from '../src/start/secrets.ts'
import { createShutdown } from '../src/start/shutdown.ts'
import { watchFiles } from '../src/start/watch.ts'
import { runProgram } from './support/run-program.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lightpress-start-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('the arguments', () => {
  it('are a port and --split, and nothing else', () => {
    expect(readArguments([], {})).toMatchObject({ topology: 'single', port: 3000 })
    expect(readArguments(['--split'], { PORT: '4000' })).toMatchObject({ topology: 'split', port: 4000 })
    expect(() => readArguments(['--spilt'], {})).toThrow('The only option is --split')
    expect(() => readArguments([], { PORT: 'http' })).toThrow('PORT is "http"; it must be a number')
  })
})

describe('what is for this machine alone', () => {
  it('goes with an address that we made, and development sign-in with data that we made as well', () => {
    expect(forThisMachine({ PORT: '4000' })).toEqual({ WEBHOOK_TARGETS: 'local', DEVELOPMENT_SIGN_IN: 'true' })
    expect(forThisMachine({ DATABASE_URL: 'postgres://localhost/mine' })).toEqual({ WEBHOOK_TARGETS: 'local' })
    expect(forThisMachine({ AUTH_DATABASE_URL: 'postgres://localhost/mine' })).toEqual({ WEBHOOK_TARGETS: 'local' })
    expect(forThisMachine({ PUBLIC_URL: 'https://app.example.com' })).toEqual({})
  })

  it('is in nothing else that services start with', () => {
    const around = { databaseUrl: '', queueUrl: '', publicUrl: '', storageUrl: '', secrets: {} }
    const made = sharedEnvironment({ ...around, mailboxUrl: 'http://localhost', stripeUrl: 'http://localhost' })
    for (const name of Object.keys(forThisMachine({}))) expect(made).not.toHaveProperty(name)
  })
})

describe('a taken port', () => {
  it('ends the start with who has it and what to do', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { code, output } = await runMain({ PORT: String(port) })
    server.close()
    expect(code).toBe(1)
    expect(output).toContain(`Port ${port} is taken`)
    expect(output).toContain(`PORT=${port + 1} npm start`)
  })
})

describe('a data folder that cannot be used', () => {
  it('ends the start with what to do, where there can be no folder', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const { code, output } = await runMain({ LIGHTPRESS_DATA: join(file, 'data'), PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(output).toContain('Make that folder writable for you, and run this again.')
  })

  it.runIf(requires('root')).each([
    ['the disk is full', 'size=64k', 'The disk is full: free some space and run this again.'],
    ['nothing may be written', 'ro', 'Make that folder writable for you, and run this again.'],
  ])('ends it with what to do, where %s', async (_, option, advice) => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    chmodSync(folder, 0o755)
    execFileSync('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', disk])
    try {
      const { code, output } = await runMain({ LIGHTPRESS_DATA: join(disk, 'data'), PORT: String(await freePort()) })
      expect(code).toBe(1)
      expect(output).toContain(advice)
    } finally {
      execFileSync('umount', [disk])
    }
  })
})

describe('.env.example', () => {
  it('can be copied as it is: it sets nothing', () => {
    const example = readFileSync(join(ROOT, '.env.example'), 'utf8')
    expect(parseEnv(example)).toEqual({})
    const uncommented = parseEnv(example.replace(/^# (?=[A-Z_]+=)/gm, ''))
    expect(Object.keys(uncommented)).toEqual(expect.arrayContaining(['PUBLIC_URL', 'DATABASE_URL', 'RESEND_API_KEY']))
  })
})

describe('a wrong DATABASE_URL', () => {
  it('says where it leads and what to do, without the password', async () => {
    const { code, output } = await runMain({
      PORT: String(await freePort()),
      DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/shop',
    })
    expect(code).toBe(1)
    expect(output).toContain('DATABASE_URL leads to 127.0.0.1:1/shop, which cannot be used')
    expect(output).toContain('unset it to use the embedded PostgreSQL')
    expect(output).not.toContain('secret')
  })

  it('is told from one that is good', async () => {
    await expect(checkDatabase(process.env.TEST_POSTGRES_URL ?? '')).resolves.toBeUndefined()
    await expect(checkDatabase('mysql://localhost/shop')).rejects.toThrow('must look like postgres://')
  })
})

describe('the lock', () => {
  it('is refused while its holder lives, and taken over when it does not', async () => {
    const file = join(folder, 'data', 'lock')
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'main.ts'])
    await once(holder, 'spawn')
    const release = takeLock(file)
    writeFileSync(file, String(holder.pid))
    expect(lockHolder(file)).toBe(holder.pid)
    expect(() => takeLock(file)).toThrow(`already runs from this folder (process ${holder.pid})`)
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    expect(lockHolder(file)).toBeUndefined()
    takeLock(file)
    release()
    expect(lockHolder(file)).toBeUndefined()
  })
})

describe('the secrets', () => {
  it('are made once, for our eyes only, and completed when a new one is needed', () => {
    const file = join(folder, 'dev-secrets.json')
    const first = readSecrets(file)
    expect(readSecrets(file)).toEqual(first)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Buffer.from(first.INTERNAL_KEY ?? '', 'base64')).toHaveLength(32)
    expect(first.STRIPE_WEBHOOK_SECRET).toMatch(/^whsec_/)
    writeFileSync(file, JSON.stringify({ INTERNAL_KEY: first.INTERNAL_KEY }))
    const completed = readSecrets(file)
    expect(completed.INTERNAL_KEY).toBe(first.INTERNAL_KEY)
    expect(Object.keys(completed)).toEqual(Object.keys(first))
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(completed)
  })
})

describe('the end', () => {
  it('comes in the opposite order, past a part that fails, and stops what comes up meanwhile', async () => {
    const order: string[] = []
    const failures: string[] = []
    const shutdown = createShutdown((part) => failures.push(part))
    const part = (name: string, fail = false) => ({
      name,
      stop: async () => {
        order.push(name)
        if (fail) throw new Error('stuck')
      },
    })
    await shutdown.add(part('database'))
    await shutdown.add(part('mailbox', true))
    await shutdown.add(part('api'))
    const stopping = shutdown.stop()
    await expect(shutdown.add(part('late'))).rejects.toThrow()
    await Promise.all([stopping, shutdown.stop()])
    expect(order.filter((name) => name !== 'late')).toEqual(['api', 'mailbox', 'database'])
    expect(order).toContain('late')
    expect(failures).toEqual(['mailbox'])
  })
})

describe('the log', () => {
  it('labels each line, makes JSON readable and keeps everything else', () => {
    let text = ''
    const log = createLog((chunk) => (text += chunk))
    const record = { level: 30, time: '2026-11-20T10:00:00.000Z', service: 'api', requestId: 'r1' }
    log.from('api')(
      JSON.stringify({ ...record, method: 'GET', route: '/v1/users/me', status: 200, ms: 3, msg: 'request' }),
    )
    log.from('api')(JSON.stringify({ ...record, level: 40, queue: 'billing', msg: 'the queue cannot be reached' }))
    log.from('auth')(
      JSON.stringify({ ...record, method: 'POST', route: '/internal/:module/:operation', status: 200, msg: 'request' }),
    )
    log.from('web')('{ not json')
    log.say('one\ntwo')
    const lines = stripVTControlCharacters(text).trimEnd().split('\n')
    expect(lines[0]).toMatch(/^api +\[[\d:]+\] INFO: GET \/v1\/users\/me 200 3 ms$/)
    expect(lines[1]).toMatch(/^api +\[[\d:]+\] WARN: the queue cannot be reached \{"queue":"billing"\}$/)
    expect(lines.slice(2)).toEqual(['web           { not json', 'lightpress    one', 'lightpress    two'])
  })
})

describe('the watcher', () => {
  it('tells of sources once a burst of changes is over, and of nothing else', async () => {
    mkdirSync(join(folder, 'packages', 'billing', 'src'), { recursive: true })
    mkdirSync(join(folder, 'packages', 'billing', 'test'))
    const told: string[][] = []
    const stop = watchFiles(folder, ['packages'], (files) => told.push(files))
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (const name of ['src/plans.ts', 'src/plans.ts', 'src/notes.md', 'test/plans.test.ts'])
      writeFileSync(join(folder, 'packages/billing', name), 'x')
    await expect.poll(() => told).toEqual([[join('packages', 'billing', 'src', 'plans.ts')]])
    stop()
  })
})

async function runMain(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const program = runProgram('main.ts', { LIGHTPRESS_DATA: join(folder, 'data'), ...env })
  return { code: await program.ended, output: program.output() }
}
