import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './account.ts'
import { postgresFailure } from './failure.ts'

export const SUPERUSER = 'lightpress'

/** Makes an empty cluster in `home` if there is none, and returns the superuser's password. */
export async function initialiseCluster(
  home: string,
  binaries: string,
  options: { account: Account | undefined; durable: boolean },
): Promise<string> {
  const cluster = join(home, 'cluster')
  const passwordFile = join(home, 'password')
  if (existsSync(cluster)) return readFileSync(passwordFile, 'utf8').trim()

  // Another name until it is whole: initdb writes PG_VERSION first, so a half-made cluster looks like one.
  const half = join(home, 'cluster.new')
  rmSync(half, { recursive: true, force: true })
  try {
    writePassword(passwordFile, options.account)
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), initdbArguments(half, passwordFile, options.durable), {
      ...options.account,
      cwd: home,
      env: { ...process.env, LC_ALL: 'C' },
    })
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    const { message, stderr } = error as Error & { stderr?: string }
    throw postgresFailure(home, stderr || message)
  }
  renameSync(half, cluster)
  return readFileSync(passwordFile, 'utf8').trim()
}

function initdbArguments(cluster: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${cluster}`,
    `--username=${SUPERUSER}`,
    // A password, not trust: every user of the machine reaches the loopback, and a superuser runs programs.
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--locale=C',
    ...(process.platform === 'linux' ? ['--lc-ctype=C.UTF-8'] : []),
    // The password has 256 random bits: stretching it would only slow every connection down.
    '--set=scram_iterations=1',
    ...(durable ? [] : ['--no-sync']),
  ]
}

function writePassword(file: string, account: Account | undefined): void {
  writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  chmodSync(file, 0o600)
  if (account) chownSync(file, account.uid, account.gid)
}
