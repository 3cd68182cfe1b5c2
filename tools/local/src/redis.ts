import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
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
  /** Called with how it ended when it ends without being asked to. */
  onCrash?: (end: string) => void
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
  let stopping = false
  let ready = false
  // However it ends: its number may soon be another program's, which the guard must not end.
  child.once('exit', () => {
    release()
    if (ready && !stopping) options.onCrash?.(endOf(child))
  })

  function release(): void {
    guard.dismiss()
    for (const gone of temporary) rmSync(gone, { recursive: true, force: true })
  }

  while (!ready) {
    ready = await answers(port)
    if (hasEnded(child)) throw new SetupError(`redis-server ended at once (${endOf(child)}) on port ${port}.`)
    if (!ready) await sleep(10)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pid,
    async stop() {
      stopping = true
      await endProcess(pid, [
        ['SIGTERM', 5_000],
        ['SIGKILL', 5_000],
      ])
      release()
    },
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function endOf({ exitCode, signalCode }: ChildProcess): string {
  return signalCode ?? `code ${exitCode}`
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
