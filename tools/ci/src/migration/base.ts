import { execFileSync } from 'node:child_process'
import { Failure } from '../deploy/failure.ts'
import { moduleOf, type Migration } from './files.ts'
import type { Journal } from './chain.ts'

/** The migrations as they were at a commit: what is there has been applied somewhere. */
export interface Base {
  commit: string
  migrations: Migration[]
  /** By module. */
  journals: Map<string, Journal>
}

/**
 * At the commit that is named, else where this branch left main. A clone that knows neither has no base, and everything
 * that no release has counts as new; a commit that was named and is not here is an error.
 */
export function readBase(root: string, named?: string): Base | undefined {
  const commit = named === undefined ? leftMain(root) : commitOf(root, named)
  if (commit === undefined) return undefined
  const paths = git(root, 'ls-tree', '-r', '--name-only', commit, '--', 'packages').split('\n')
  const show = (path: string) => git(root, 'show', `${commit}:${path}`)
  return {
    commit,
    migrations: paths
      .filter((path) => /^packages\/[^/]+\/module\/migrations\/[^/]+\.sql$/.test(path))
      .map((path) => ({ module: moduleOf(path), path, sql: show(path) })),
    journals: new Map(
      paths
        .filter((path) => /^packages\/[^/]+\/module\/migrations\/meta\/_journal\.json$/.test(path))
        .map((path) => [moduleOf(path), JSON.parse(show(path)) as Journal]),
    ),
  }
}

function leftMain(root: string): string | undefined {
  for (const main of ['origin/main', 'main']) {
    const commit = attempt(() => git(root, 'merge-base', 'HEAD', main).trim())
    if (commit) return commit
  }
  return undefined
}

function commitOf(root: string, named: string): string {
  const commit = attempt(() => git(root, 'rev-parse', '--verify', '--quiet', `${named}^{commit}`).trim())
  if (commit) return commit
  throw new Failure(
    `The commit ${named} is not in this clone: fetch it (a shallow clone has no history), or name another.`,
  )
}

/** What git answers; undefined where it says that there is no such thing. A git that does not run proves nothing. */
function attempt(work: () => string): string | undefined {
  try {
    return work()
  } catch (error) {
    if (typeof (error as { status?: unknown }).status === 'number') return undefined
    throw error
  }
}

function git(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe', maxBuffer: 64 * 1024 * 1024 })
}
