// node tools/ci/src/migration-lint.ts [--base <commit>]   lints the migrations that are new against a commit
// node tools/ci/src/migration-lint.ts --release           writes the list of those that are applied somewhere: all of them
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { command, Failure } from './deploy/failure.ts'
import { workspace } from './discover.ts'
import { readBase } from './migration/base.ts'
import { findChainProblems, findEdits, readChain } from './migration/chain.ts'
import { findDrizzleProblems } from './migration/drizzle.ts'
import {
  readMigrations,
  readModuleNames,
  readReleased,
  RELEASED,
  renderReleased,
  type Finding,
  type Migration,
} from './migration/files.ts'
import { findOwn } from './migration/rules.ts'
import { locateSquawk, runSquawk, squawkVersion } from './migration/squawk.ts'
import { NotSql, readStatements } from './migration/statements.ts'
import { weigh, type Waived } from './migration/waivers.ts'

export interface Linted {
  /** What no installation has applied yet. */
  fresh: Migration[]
  findings: Finding[]
  waived: Waived[]
  /** What is wrong with the folders as a whole. */
  problems: string[]
  squawk: string
}

export interface LintOptions {
  root?: string
  /** The commit whose migrations are applied somewhere; where this branch left main by default. */
  base?: string | undefined
  /** squawk's program, as pnpm installed it by default. */
  squawk?: string
}

/** Holds new migrations to what a deployment under load bears, and the old ones to what they were. */
export async function lintMigrations({ root = workspace, base: named, squawk }: LintOptions = {}): Promise<Linted> {
  const program = squawk ?? locateSquawk()
  const version = squawkVersion(program)
  const migrations = readMigrations(root)
  const modules = readModuleNames(root)
  const chains = modules.map((module) => readChain(root, module))
  const [base, released] = [readBase(root, named), readReleased(root)]

  // A change may add to the list of what is released, so that where there is a base only that is asked.
  const known = new Set(base ? base.migrations.map(({ path }) => path) : released.keys())
  const fresh = migrations.filter(({ path }) => !known.has(path))
  const squawked = runSquawk(fresh, { root, program })
  const weighed = await Promise.all(fresh.map((migration) => lintOne(migration, { squawked, modules })))
  return {
    fresh,
    findings: weighed.flatMap(({ findings }) => findings),
    waived: weighed.flatMap(({ waived }) => waived),
    problems: [...chains.flatMap(findChainProblems), ...findEdits({ migrations, chains }, { base, released })],
    squawk: version,
  }
}

async function lintOne(
  migration: Migration,
  { squawked, modules }: { squawked: readonly Finding[]; modules: readonly string[] },
) {
  const theirs = squawked.filter(({ path }) => path === migration.path)
  try {
    const statements = await readStatements(migration)
    return weigh(migration, { statements, findings: [...theirs, ...findOwn(migration, { statements, modules })] })
  } catch (error) {
    if (!(error instanceof NotSql)) throw error
    const { path } = migration
    return { findings: [...theirs, { path, line: 1, rule: 'syntax', message: error.message }], waived: [] }
  }
}

if (import.meta.main)
  await command(async () => {
    const { values } = parseArgs({ options: { base: { type: 'string' }, release: { type: 'boolean' } } })
    const { fresh, findings, waived, problems, squawk } = await lintMigrations({ base: values.base })
    const drizzle: string[] = []
    for (const module of readModuleNames(workspace)) drizzle.push(...(await findDrizzleProblems(workspace, module)))

    for (const { path, line, rule, message } of findings) console.error(`${path}:${line}: ${rule}: ${message}`)
    for (const problem of [...problems, ...drizzle]) console.error(problem)
    for (const { path, line, rule, reason } of waived) console.log(`${path}:${line}: ${rule} is allowed: ${reason}`)
    const wrong = findings.length + problems.length + drizzle.length
    const summary = `${squawk}: ${fresh.length} new migrations, ${wrong} problems`
    if (wrong > 0) throw new Failure(summary)
    console.log(summary)
    if (values.release) writeFileSync(join(workspace, RELEASED), renderReleased(readMigrations(workspace)))
  })
