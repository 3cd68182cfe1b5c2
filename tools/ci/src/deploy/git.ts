import { execFileSync } from 'node:child_process'
import { workspace } from '../discover.ts'
import { Failure } from './failure.ts'

/** What git says, without the last line's end. */
export function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: workspace, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trimEnd()
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new Failure(`git ${args.join(' ')}\nfailed: ${stderr.trim() || message}`)
  }
}

export function headCommit(): string {
  return git('rev-parse', 'HEAD')
}

/** What goes into an image or a bucket is a commit, whole, so that a tag says what is in it. */
export function requireCleanTree(): void {
  const changes = git('status', '--porcelain')
  if (changes === '') return
  throw new Failure(`There are changes that are in no commit, so no tag would tell what is built:\n${changes}`)
}

/** Whether the commit is here; a shallow clone is asked to get it. */
export function hasCommit(commit: string): boolean {
  return isHere(commit) || (isFetched(commit) && isHere(commit))
}

function isHere(commit: string): boolean {
  return succeeds('cat-file', '-e', `${commit}^{commit}`)
}

function isFetched(commit: string): boolean {
  return succeeds('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', commit)
}

function succeeds(...args: string[]): boolean {
  try {
    execFileSync('git', args, { cwd: workspace, stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
