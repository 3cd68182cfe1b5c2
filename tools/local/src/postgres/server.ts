import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../ports.ts'
import type { Account } from './account.ts'
import { postgresFailure } from './failure.ts'
import { readPidFile } from './pid-file.ts'

export interface ServerOptions {
  home: string
  binaries: string
  account: Account | undefined
  durable: boolean
  port: number | undefined
}

/** Runs the server on the cluster in `home` and waits until it takes connections. */
export async function launchServer(
  options: ServerOptions,
): Promise<{ child: ChildProcess; pid: number; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    try {
      return { port, ...(await launch(options, port)) }
    } catch (error) {
      if (attempt === 20 || !passes(error, options.port === undefined)) throw error
      await sleep(250)
    }
  }
}

export function logFile(home: string): string {
  return join(home, 'postgres.log')
}

async function launch(options: ServerOptions, port: number): Promise<{ child: ChildProcess; pid: number }> {
  const { home, binaries, account } = options
  const log = openSync(logFile(home), 'w', 0o600)
  // In a group of its own: Ctrl-C reaches the whole foreground group, and the database must outlive its users.
  const child = spawn(join(binaries, 'bin', 'postgres'), serverArguments(options, port), {
    ...account,
    cwd: home,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, LC_ALL: 'C' },
  })
  closeSync(log)
  try {
    await once(child, 'spawn')
  } catch (error) {
    throw postgresFailure(home, (error as Error).message)
  }
  child.unref()
  const pid = child.pid ?? 0
  while (child.exitCode === null && child.signalCode === null) {
    const running = readPidFile(join(home, 'cluster'))
    if (running?.pid === pid && running.ready) return { child, pid }
    await sleep(5)
  }
  throw postgresFailure(home, readFileSync(logFile(home), 'utf8'))
}

function serverArguments({ home, durable }: ServerOptions, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return ['-D', join(home, 'cluster'), '-p', String(port), ...flags]
}

/** What passes by itself: a port taken between choosing and using it, the last backends of a killed server. */
function passes(error: unknown, portIsOurs: boolean): boolean {
  const text = String(error)
  return (portIsOurs && text.includes('Address already in use')) || text.includes('pre-existing shared memory block')
}
