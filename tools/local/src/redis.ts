import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGuard } from './guard.ts'
import { freePort } from './ports.ts'
import { endProcess } from './processes.ts'
import { SetupError, errorCode } from './setup-error.ts'

export interface RedisOptions {
  /** Where it appends every write; without it nothing is kept. */
  dir?: string
  /** A free one by default; give the one it had to bring it back after an outage. */
  port?: number
}

export interface Redis {
  url: string
  port: number
  pid: number
  stop(): Promise<void>
}

/** A private Redis set up as BullMQ needs it (it never evicts), or nothing where `redis-server` is not installed. */
export async function startRedis(options: RedisOptions = {}): Promise<Redis | undefined> {
  const folder = options.dir ?? mkdtempSync(join(tmpdir(), 'lightpress-redis-'))
  mkdirSync(folder, { recursive: true })
  const temporary = options.dir === undefined ? [folder] : []
  const port = options.port ?? (await freePort())
  const child = spawn('redis-server', redisArguments(port, folder, options.dir !== undefined), {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
  })
  child.unref()
  try {
    await once(child, 'spawn')
  } catch (error) {
    for (const gone of temporary) rmSync(gone, { recursive: true, force: true })
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
  const pid = child.pid ?? 0
  const guard = startGuard(pid, 'SIGTERM', temporary)
  while (!(await answers(port))) {
    if (child.exitCode !== null)
      throw new SetupError(`redis-server ended at once (code ${child.exitCode}) on port ${port}.`)
    await sleep(10)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    async stop() {
      await endProcess(pid, [
        ['SIGTERM', 5_000],
        ['SIGKILL', 5_000],
      ])
      guard.dismiss()
      for (const gone of temporary) rmSync(gone, { recursive: true, force: true })
    },
  }
}

function redisArguments(port: number, folder: string, persistent: boolean): string[] {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: persistent ? 'yes' : 'no',
    'maxmemory-policy': 'noeviction',
  }
  return Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  socket.write('PING\r\n')
  const pong = await Promise.race([
    once(socket, 'data').then(([data]) => String(data).startsWith('+PONG')),
    once(socket, 'close').then(() => false),
  ]).catch(() => false)
  socket.destroy()
  return pong
}
