import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** The user that PostgreSQL runs as where it cannot be ourselves. */
export interface Account {
  uid: number
  gid: number
}

/**
 * PostgreSQL refuses to run as root, so root starts it as somebody else: the owner of data that are
 * already there, else macOS's own account for it, else `nobody`. Everybody else runs it as themselves.
 */
export function serverAccount(existingData?: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = existingData === undefined ? undefined : statSync(existingData, { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return accountNamed('_postgres') ?? accountNamed('nobody') ?? { uid: 65534, gid: 65534 }
}

/** Whether the account may pass through every folder above `path` and read (and run) `path` itself. */
export function canReach(path: string, account: Account): boolean {
  const real = realpathSync(path)
  const self = statSync(real)
  if (!allows(self, account, self.isDirectory() ? 0o1 : 0o5)) return false
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!allows(statSync(folder), account, 0o1)) return false
    if (folder === dirname(folder)) return true
  }
}

function allows(stat: { mode: number; uid: number; gid: number }, account: Account, wanted: number): boolean {
  const shift = stat.uid === account.uid ? 6 : stat.gid === account.gid ? 3 : 0
  return ((stat.mode >> shift) & wanted) === wanted
}

function accountNamed(name: string): Account | undefined {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${name}:`))
    const [, , uid, gid] = line?.split(':') ?? []
    return uid && gid ? { uid: Number(uid), gid: Number(gid) } : undefined
  } catch {
    return undefined
  }
}
