import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { begin } from './call.ts'
import { readWorld } from './world.ts'

// Stands in for git where a test must not depend on what is committed on this machine. What was deployed had the
// contracts of today.
const workspace = join(import.meta.dirname, '../../../..')
const args = process.argv.slice(2)
begin('git', args)
const { head, commits, changes } = readWorld().history
const [operation] = args

if (operation === 'rev-parse') console.log(head)
else if (operation === 'status') console.log(changes)
else if (operation === 'cat-file') process.exit(commits.includes(args.at(-1)?.replace('^{commit}', '') ?? '') ? 0 : 1)
else if (operation === 'fetch') process.exit(128)
else if (operation === 'ls-tree')
  console.log(globSync('packages/*/contract/snapshot.json', { cwd: workspace }).join('\n'))
else if (operation === 'show') console.log(readFileSync(join(workspace, args.at(-1)?.split(':')[1] ?? ''), 'utf8'))
else process.exit(129)
