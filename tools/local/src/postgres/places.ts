import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { SetupError, explain } from '../setup-error.ts'
import { canReach } from './account.ts'
import type { Account } from './account.ts'

/**
 * Opens the folder that holds one server's data. Normally that is `dataDir` itself. Where the account
 * cannot reach `dataDir` (root's home is 0700), the data live in a managed folder and `dataDir` keeps
 * a pointer to it, so that whoever removes `dataDir` starts afresh.
 */
export function openDataFolder(dataDir: string, account: Account | undefined): string {
  makeFolder(dataDir)
  if (!account) return dataDir
  const moved = locateData(dataDir)
  if (moved !== dataDir && existsSync(moved)) return moved
  if (canReach(dirname(dataDir), account)) return give(dataDir, account)
  const home = join(managedFolder(account), `data-${randomBytes(6).toString('hex')}`)
  makeFolder(home)
  writeFileSync(join(dataDir, 'location'), home)
  return give(home, account)
}

/** Where the data of `dataDir` really are. */
export function locateData(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'location'), 'utf8').trim()
  } catch {
    return dataDir
  }
}

/** Removes the data, wherever they are. */
export function removeData(dataDir: string): void {
  rmSync(locateData(dataDir), { recursive: true, force: true })
  rmSync(dataDir, { recursive: true, force: true })
}

/** A folder of ours, outside any home, that other accounts can pass through. */
export function managedFolder(account: Account): string {
  const candidates = ['/var/lib/lightpress', '/var/tmp/lightpress', join(tmpdir(), 'lightpress')]
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 })
      // In a world-writable parent the folder could be somebody else's trap.
      if (lstatSync(folder).uid === process.getuid?.() && canReach(folder, account)) return folder
    } catch {
      continue
    }
  }
  throw new SetupError(
    `PostgreSQL does not run as root, and the account it would run as (uid ${account.uid}) cannot reach any of ${candidates.join(', ')}. ` +
      'Run as an ordinary user, or set DATABASE_URL to a PostgreSQL 16 of your own.',
  )
}

function give(folder: string, account: Account): string {
  chownSync(folder, account.uid, account.gid)
  return folder
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw new SetupError(`The folder for the database could not be made: ${explain(error)}`)
  }
}
