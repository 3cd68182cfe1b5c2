import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { begin, Ended, type Call } from './call.ts'
import { readWorld } from './world.ts'

const workspace = join(import.meta.dirname, '../../../..')

/**
 * Stands in for git where a test must not depend on what is committed on this machine. What was deployed had the contracts
 * of today.
 */
export function git(call: Call): string {
  begin('git', call)
  const { head, commits, changes } = readWorld(call.folder).history
  const [operation] = call.args
  const last = call.args.at(-1) ?? ''
  if (operation === 'rev-parse') return head
  if (operation === 'status') return changes
  if (operation === 'ls-tree') return globSync('packages/*/contract/snapshot.json', { cwd: workspace }).join('\n')
  if (operation === 'show') return readFileSync(join(workspace, last.split(':')[1] ?? ''), 'utf8')
  if (operation === 'cat-file' && commits.includes(last.replace('^{commit}', ''))) return ''
  throw new Ended(operation === 'cat-file' ? 1 : 128)
}
