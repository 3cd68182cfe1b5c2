import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Base } from './base.ts'
import { hashOf, moduleOf, RELEASED, type Migration } from './files.ts'

/** drizzle-kit's `meta/_journal.json`. */
export interface Journal {
  entries: { idx: number; when: number; tag: string }[]
}

/** What lies in a module's folder of migrations. */
export interface Chain {
  module: string
  /** Names of the SQL files, sorted as the runner sorts them. */
  files: string[]
  journal: Journal
  /** By file name. */
  snapshots: Map<string, { id: string; prevId: string }>
}

const FIRST = '00000000-0000-0000-0000-000000000000'

export function readChain(root: string, module: string): Chain {
  const folder = join(root, 'packages', module, 'module/migrations')
  const meta = join(folder, 'meta')
  const journal = join(meta, '_journal.json')
  if (!existsSync(journal)) throw new Error(`${module}: there is no ${journal}; let drizzle-kit generate make it.`)
  return {
    module,
    files: readdirSync(folder)
      .filter((file) => file.endsWith('.sql'))
      .sort(),
    journal: readJson(journal) as Journal,
    snapshots: new Map(
      readdirSync(meta)
        .filter((file) => file.endsWith('_snapshot.json'))
        .map((file) => [file, readJson(join(meta, file)) as { id: string; prevId: string }]),
    ),
  }
}

/** Why a folder of migrations is not one chain, applied everywhere in the same order; empty when it is. */
export function findChainProblems({ module, files, journal: { entries }, snapshots }: Chain): string[] {
  const tagged = entries.map(({ tag }) => `${tag}.sql`)
  return [
    ...entries
      .filter(({ idx, tag }, at) => idx !== at || !tag.startsWith(`${numberOf(at)}_`))
      .map(({ tag }) => `${module}/${tag} is not in its place in the journal: generate it anew, after those of main.`),
    ...entries
      .filter(({ when }, at) => at > 0 && when <= (entries[at - 1]?.when ?? 0))
      .map(({ tag }) => `${module}/${tag} is not later than the one before it: generate it anew, after those of main.`),
    ...tagged
      .filter((file) => !files.includes(file))
      .map((file) => `${module}/${file} is in the journal and not in the folder: restore it.`),
    ...files
      .filter((file) => !tagged.includes(file))
      .map(
        (file) =>
          `${module}/${file} is not in the journal: let drizzle-kit generate make it (--custom for SQL by hand).`,
      ),
    ...entries.flatMap(({ tag }, at) => {
      const [name, before] = [snapshotName(at), snapshots.get(snapshotName(at - 1))]
      const snapshot = snapshots.get(name)
      if (!snapshot) return [`${module}/meta/${name} is missing: commit it with ${tag}.sql.`]
      return snapshot.prevId === (at === 0 ? FIRST : before?.id)
        ? []
        : [`${module}/meta/${name} does not follow the one before it: generate ${tag} anew, after those of main.`]
    }),
  ]
}

/** What is applied somewhere stays as it is, byte for byte, and new files come after it. */
export function findEdits(
  { migrations, chains }: { migrations: readonly Migration[]; chains: readonly Chain[] },
  { base, released }: { base: Base | undefined; released: ReadonlyMap<string, string> },
): string[] {
  const now = new Map(migrations.map(({ path, sql }) => [path, hashOf(sql)]))
  const applied = new Map([
    ...released,
    ...(base?.migrations ?? []).map(({ path, sql }) => [path, hashOf(sql)] as const),
  ])
  const where = (path: string) => (released.has(path) ? RELEASED : `commit ${base?.commit.slice(0, 12)}`)
  return [
    ...[...released]
      .filter(([path, hash]) => applied.get(path) !== hash)
      .map(
        ([path]) => `${path} is another in ${RELEASED} than at the base: restore the list, releases only add to it.`,
      ),
    // A module that is gone as a whole took its files along; its schema stays where it is.
    ...[...applied]
      .filter(([path, hash]) => now.get(path) !== hash && chains.some(({ module }) => module === moduleOf(path)))
      .map(([path]) =>
        now.has(path)
          ? `${path} was edited after it was applied (${where(path)}): restore it, and put the change into a new migration.`
          : `${path} was removed after it was applied (${where(path)}): restore it.`,
      ),
    ...chains.flatMap(({ module, journal: { entries } }) => {
      const before = base?.journals.get(module)?.entries ?? []
      return isDeepStrictEqual(entries.slice(0, before.length), before)
        ? []
        : [
            `${module}/meta/_journal.json does not begin as at the base: new migrations come after those that are there.`,
          ]
    }),
  ]
}

function snapshotName(at: number): string {
  return `${numberOf(at)}_snapshot.json`
}

function numberOf(at: number): string {
  return String(at).padStart(4, '0')
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}
