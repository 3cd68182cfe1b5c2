import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { startGuard } from './guard.ts'
import { serverAccount } from './postgres/account.ts'
import { postgresBinaries } from './postgres/binaries.ts'
import { SUPERUSER, initialiseCluster } from './postgres/initialise.ts'
import { endLeftover, stopServer } from './postgres/pid-file.ts'
import { locateData, openDataFolder, removeData } from './postgres/places.ts'
import { launchServer, logFile } from './postgres/server.ts'

const DATABASE = 'lightpress'

export interface PostgresOptions {
  /** Where the data live and survive. Without it the server is for a test: fast, not durable, gone after `stop`. */
  dataDir?: string
  /** A free one by default. */
  port?: number
  /** Called with the end of its log when the server ends without being asked to. */
  onCrash?: (log: string) => void
}

export interface Postgres {
  /** Superuser, password and database included. */
  url: string
  port: number
  pid: number
  stop(): Promise<void>
}

/** Runs PostgreSQL 16 from the installed packages, on the loopback only. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const durable = options.dataDir !== undefined
  const dataDir = resolve(options.dataDir ?? mkdtempSync(join(tmpdir(), 'lightpress-postgres-')))
  const account = serverAccount(join(locateData(dataDir), 'cluster'))
  const binaries = await postgresBinaries(account)
  const home = openDataFolder(dataDir, account)
  await endLeftover(join(home, 'cluster'))

  const password = await initialiseCluster(home, binaries, { account, durable })
  const { child, pid, port } = await launchServer({ home, binaries, account, durable, port: options.port })
  const guard = durable ? undefined : startGuard(pid, 'SIGINT', [home, dataDir])
  let stopping = false
  child.once('exit', () => {
    if (!stopping) options.onCrash?.(readFileSync(logFile(home), 'utf8').trim().split('\n').slice(-5).join('\n'))
  })

  async function stop(): Promise<void> {
    stopping = true
    await stopServer(pid)
    guard?.dismiss()
    if (!durable) removeData(dataDir)
  }

  try {
    const url = await openDatabase(`postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`)
    return { url, port, pid, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ends a server that outlived its supervisor, if there is one. */
export function endLeftoverPostgres(dataDir: string): Promise<void> {
  return endLeftover(join(locateData(dataDir), 'cluster'))
}

/** Makes the database at the first start; `postgres` itself stays for administration. */
async function openDatabase(adminUrl: string): Promise<string> {
  const client = new pg.Client(adminUrl)
  await client.connect()
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`)
  } finally {
    await client.end()
  }
  return adminUrl.replace(/postgres$/, DATABASE)
}
