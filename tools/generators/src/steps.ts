import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** Something that is done in a workspace whose files are written; it throws when it fails. */
export interface Step {
  says: string
  run: (root: string) => void
}

/** The packages, by the pnpm that the workspace names, from what is on this machine already where it is. */
export const install: Step = {
  says: 'Linking the packages',
  run(cwd) {
    const { packageManager } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')) as { packageManager: string }
    execute('npx', ['--yes', packageManager, 'install', '--prefer-offline', '--no-frozen-lockfile'], cwd)
  },
}

/** The first migration of a module, as drizzle-kit makes it from the schema. */
export function makeMigration(name: string): Step {
  return {
    says: 'Making the migration',
    run(root) {
      const bin = join('node_modules', '.bin', 'drizzle-kit')
      execute(process.execPath, [bin, 'generate', '--name', 'init'], join(root, 'packages', name, 'module'))
    },
  }
}

/** A file of tools/ci, which writes what is generated from all modules together. */
export function runCheck(file: string, ...args: string[]): Step {
  return {
    says: `Running tools/ci/src/${file}`,
    run: (root) => execute(process.execPath, [join('tools', 'ci', 'src', file), ...args], root),
  }
}

/** Folders that go with all that is in them, what was installed there too. */
export function clear(folders: readonly string[]): Step {
  return {
    says: `Removing ${folders.join(', ')}`,
    run: (root) => folders.forEach((folder) => rmSync(join(root, folder), { recursive: true, force: true })),
  }
}

function execute(command: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status === 0) return
  const said = error?.message ?? `${stdout}\n${stderr}`.trim()
  throw new Error(`It failed in ${cwd}: ${command} ${args.join(' ')}\n${said}`)
}
