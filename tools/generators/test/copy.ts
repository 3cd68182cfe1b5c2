import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, join } from 'node:path'

export const workspace = join(import.meta.dirname, '../../..')

const left = ['node_modules', '.git', '.data', '.nx', '.pulumi', 'dist', '.vite', 'coverage']

/** What a command did in a copy. */
export interface Ran {
  ok: boolean
  output: string
}

/** This workspace as somebody has it who has just cloned it: its own packages installed, all of it committed. */
export function cloneWorkspace() {
  const root = mkdtempSync(join(tmpdir(), 'lightpress-clone-'))
  // PostgreSQL runs as another user, from the packages in it.
  chmodSync(root, 0o755)
  cpSync(workspace, root, { recursive: true, filter: (path) => !left.includes(basename(path)) })
  const run = (command: string, ...args: string[]): Ran => {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: root,
      encoding: 'utf8',
      env: { ...environment(), PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter) },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { ok: status === 0, output: `${stdout}\n${stderr}\n${error?.message ?? ''}` }
  }
  const must = (command: string, ...args: string[]): string => {
    const { ok, output } = run(command, ...args)
    if (!ok) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`)
    return output
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string }
  must('npx', '--yes', packageManager, 'install', '--offline', '--frozen-lockfile')
  must('git', 'init', '--quiet', '--initial-branch=main')
  must('git', 'add', '--all')
  const author = ['-c', 'user.name=A newcomer', '-c', 'user.email=newcomer@example.com']
  must('git', ...author, 'commit', '--quiet', '--message', 'Clone')
  return {
    root,
    run,
    must,
    /** Files that are not as they were committed, with what became of them. */
    changes: () =>
      must('git', 'status', '--porcelain', '--untracked-files=all')
        .split('\n')
        .filter((line) => line.trim() !== ''),
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

export type Clone = ReturnType<typeof cloneWorkspace>

/** Without what tells a process that it is inside of a test run: those in the copy are runs of their own. */
function environment(): NodeJS.ProcessEnv {
  const outside = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|TEST$|NODE_ENV$|NX_|LIGHTPRESS_)/.test(name),
  )
  return { ...Object.fromEntries(outside), NX_DAEMON: 'false', NX_TUI: 'false', CI: 'true' }
}
