import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { findBreaks } from './compatibility.ts'
import { readContracts, type DeclaredContract } from './discover.ts'
import { snapshotOf, type Snapshot } from './snapshot.ts'

export interface Compared {
  name: string
  next: Snapshot
  /** What the contract would break for those built against its snapshot. */
  breaks: string[]
  current: boolean
}

/** Holds a contract against the snapshot beside it; a contract without one is new and breaks nobody. */
export function compare({ folder, contract, events }: DeclaredContract): Compared {
  const next = snapshotOf(contract, events)
  const file = snapshotFile(folder)
  const last = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Snapshot) : undefined
  return {
    name: contract.name,
    next,
    breaks: last ? findBreaks(last, next) : [],
    current: isDeepStrictEqual(last, next),
  }
}

export function snapshotFile(folder: string): string {
  return join(folder, 'snapshot.json')
}

/** Writes the snapshots that are not current. Nothing is written while one would break somebody, unless forced. */
export function update(contracts: readonly DeclaredContract[], { force }: { force: boolean }): string[] {
  const compared = contracts.map((declared) => ({ declared, ...compare(declared) }))
  const breaks = compared.flatMap((each) => each.breaks)
  if (breaks.length > 0 && !force) return breaks
  for (const { declared, next, current } of compared) {
    if (!current) writeFileSync(snapshotFile(declared.folder), `${JSON.stringify(next, undefined, 2)}\n`)
  }
  return []
}

const usage = `node tools/ci/src/contracts.ts --update           writes packages/*/contract/snapshot.json
node tools/ci/src/contracts.ts --update --force   the same, though it breaks those built against them`

if (import.meta.main) {
  const wanted = process.argv.slice(2)
  const contracts = await readContracts()
  const breaks = wanted.includes('--update')
    ? update(contracts, { force: wanted.includes('--force') })
    : contracts.flatMap((declared) => compare(declared).breaks)
  const stale = contracts.map(compare).filter(({ current }) => !current)
  for (const what of breaks) console.error(what)
  for (const { name } of stale) console.error(`The snapshot of ${name} is not current.`)
  if (breaks.length > 0 || stale.length > 0) {
    console.error(`\n${usage}`)
    process.exitCode = 1
  }
}
