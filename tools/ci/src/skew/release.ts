import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from '../bundle.ts'
import { packageManagerOf, readDeployments } from '../discover.ts'
import { run } from '../run.ts'

export interface BuiltRelease {
  folder: string
  remove(): void
}

/** An earlier commit as it was released: its sources in a work tree of their own, its dependencies, and its bundles by its own bundler. */
export async function buildEarlier(root: string, commit: string): Promise<BuiltRelease> {
  const folder = join(mkdtempSync(join(tmpdir(), 'lightpress-release-')), 'workspace')
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  const remove = () => {
    git('worktree', 'remove', '--force', folder)
    rmSync(join(folder, '..'), { recursive: true, force: true })
  }
  try {
    git('worktree', 'add', '--detach', folder, commit)
  } catch (error) {
    throw new Error(
      `The commit ${commit} is not in this clone: fetch it (a shallow clone has no history), or name another.\n${(error as Error).message}`,
      { cause: error },
    )
  }
  try {
    const install = ['install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts']
    await must(folder, 'npx', ['--yes', packageManagerOf(folder), ...install])
    for (const app of readDeployments(folder).keys())
      await must(folder, process.execPath, ['tools/ci/src/bundle.ts', `apps/${app}`])
    return { folder, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** This workspace as it would be released. */
export async function buildHere(root: string, apps = [...readDeployments(root).keys()]): Promise<BuiltRelease> {
  const folder = mkdtempSync(join(tmpdir(), 'lightpress-release-'))
  const remove = () => rmSync(folder, { recursive: true })
  try {
    for (const app of apps) await bundle(join(root, 'apps', app), join(folder, 'apps', app, 'dist'))
    return { folder, remove }
  } catch (error) {
    remove()
    throw error
  }
}

async function must(cwd: string, command: string, args: readonly string[]): Promise<void> {
  const { ok } = await run(command, args, { cwd })
  if (!ok) throw new Error(`${command} ${args.join(' ')} failed in ${cwd}: what it says is above.`)
}
