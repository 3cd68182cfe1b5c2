import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isInstalled, startPostgres } from '@lightpress/local'
import { workspace } from './discover.ts'
import { run } from './run.ts'
import { rehearse, type Rehearsal } from './skew/rehearse.ts'
import { buildEarlier, buildHere } from './skew/release.ts'

const usage = `node tools/ci/src/skew.ts --from <commit>   rehearses the deployment of this workspace over that release
Takes the commit that was deployed last, or the last release's tag, and runs the journeys of that release.`

/** The journeys as that release had them: what its own web and programs do is what must go on. */
function journeysOf(folder: string): Rehearsal['journey'] {
  return async ({ url, mailbox }) => {
    const { ok } = await run(
      process.execPath,
      [
        join(folder, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--config',
        'vitest.workspace.ts',
        'apps/api/test/journeys.test.ts',
      ],
      { cwd: folder, env: { ...process.env, JOURNEYS_URL: url, JOURNEYS_MAILBOX: mailbox } },
    )
    if (!ok) throw new Error('the journeys do not come to their end: what they say is above')
  }
}

export async function rehearseFrom(commit: string, root = workspace): Promise<void> {
  // Before an hour of building. Nothing else is rehearsed instead: it would prove nothing of what production does.
  if (!isInstalled('redis-server'))
    throw new Error(
      'There is no redis-server, and production has its queues there: install it (bash .ci/tools redis-server).',
    )
  const earlier = await buildEarlier(root, commit)
  try {
    const here = await buildHere(root)
    try {
      await rehearse({
        from: earlier.folder,
        to: here.folder,
        topology: 'split',
        // As in production.
        queue: 'redis',
        journey: journeysOf(earlier.folder),
        say: (line) => console.log(`== ${line}`),
      })
    } finally {
      here.remove()
    }
  } finally {
    earlier.remove()
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { from: { type: 'string' } } })
  if (!values.from) {
    console.error(`Over which release?\n\n${usage}`)
    process.exit(1)
  }
  const postgres = process.env.TEST_POSTGRES_URL ? undefined : await startPostgres()
  process.env.TEST_POSTGRES_URL ??= postgres?.url
  try {
    await rehearseFrom(values.from)
    console.log('== The next release may follow')
  } catch (error) {
    console.error(`== ${(error as Error).message}`)
    process.exitCode = 1
  } finally {
    await postgres?.stop()
  }
}
