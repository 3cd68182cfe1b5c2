import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Migration {
  module: string
  /** From the root of the workspace. */
  path: string
  sql: string
}

/** What a rule has against a file. */
export interface Finding {
  path: string
  /** The first is 1. */
  line: number
  rule: string
  message: string
}

/** Every migration of every module, in the order in which they are applied. */
export function readMigrations(root: string): Migration[] {
  return globSync('packages/*/module/migrations/*.sql', { cwd: root })
    .sort()
    .map((path) => ({ module: moduleOf(path), path, sql: readFileSync(join(root, path), 'utf8') }))
}

export function readModuleNames(root: string): string[] {
  return globSync('packages/*/module', { cwd: root }).map(moduleOf).sort()
}

export function moduleOf(path: string): string {
  return path.split('/')[1] ?? path
}

/**
 * `tools/ci/released-migrations.txt`: what some installation has applied, as `sha256sum --check` reads it. It says in a
 * clone without history, too, what may not change any more; a release adds to it (`migration-lint.ts --release`).
 */
export const RELEASED = 'tools/ci/released-migrations.txt'

export function readReleased(root: string): Map<string, string> {
  const lines = readFileSync(join(root, RELEASED), 'utf8').split('\n').filter(Boolean)
  return new Map(
    lines.map((line) => {
      const [, hash, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? []
      if (!hash || !path) throw new Error(`${RELEASED} has a line that is not "<sha256>  <path>": ${line}`)
      return [path, hash]
    }),
  )
}

export function renderReleased(migrations: readonly Migration[]): string {
  return migrations.map(({ path, sql }) => `${hashOf(sql)}  ${path}\n`).join('')
}

export function hashOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex')
}
