import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { isOnline } from '@lightpress/kernel'
import { z } from 'zod'
import type { Finding, Migration } from './files.ts'

/** Of squawk's rules those that we do not hold. */
const LEFT_OUT = {
  'require-timeout-settings': 'the runner sets lock_timeout for every file',
  'prefer-bigint-over-int': 'what is counted stays small, and ids are UUIDs',
  'prefer-bigint-over-smallint': 'as above',
}

const Report = z.array(
  z.object({
    file: z.string(),
    // The first is 0.
    line: z.number(),
    rule_name: z.string(),
    message: z.string(),
    help: z.string().nullish(),
  }),
)

/** Where pnpm has put the program for this machine; throws when it has not. */
export function locateSquawk(): string {
  const require = createRequire(import.meta.url)
  return (require('squawk-cli/js/index.js') as { getBinaryPath(): string }).getBinaryPath()
}

/** Which one it is; throws unless it runs. Asked for even where there is nothing to look at, so that nobody passes without it. */
export function squawkVersion(program: string): string {
  const { status, stdout, stderr, error } = squawk(program, ['--version'])
  if (status === 0 && stdout.startsWith('squawk ')) return stdout.trim()
  throw new Error(
    `squawk does not run, so nothing is proved: ${error?.message ?? (stderr || stdout)}\nRun: pnpm install`,
  )
}

export function runSquawk(
  migrations: readonly Migration[],
  { root, program }: { root: string; program: string },
): Finding[] {
  const online = migrations.filter(({ sql }) => isOnline(sql))
  const atOnce = migrations.filter(({ sql }) => !isOnline(sql))
  return [
    ...look(atOnce, { root, program, args: ['--assume-in-transaction'] }),
    ...look(online, { root, program, args: ['--no-assume-in-transaction'] }),
  ]
}

function look(
  migrations: readonly Migration[],
  { root, program, args }: { root: string; program: string; args: string[] },
): Finding[] {
  if (migrations.length === 0) return []
  const options = ['--pg-version', '16', '--reporter', 'json', '--exclude', Object.keys(LEFT_OUT).join(','), ...args]
  const { status, stdout, stderr } = squawk(program, [...options, ...migrations.map(({ path }) => path)], root)
  // 1 means that it found something.
  if (status !== 0 && status !== 1) throw new Error(`squawk failed (${status}): ${stderr || stdout}`)
  return readReport(stdout || stderr).map(({ file: path, line, rule_name: rule, message, help }) => ({
    path,
    line: line + 1,
    rule,
    message: [message, help].filter(Boolean).join(' '),
  }))
}

function readReport(text: string): z.infer<typeof Report> {
  try {
    return Report.parse(JSON.parse(text))
  } catch (error) {
    throw new Error(`squawk answered what is not its report: ${text}`, { cause: error })
  }
}

function squawk(program: string, args: readonly string[], cwd?: string) {
  return spawnSync(program, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, cwd })
}
