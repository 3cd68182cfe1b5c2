import { readFile } from 'node:fs/promises'
import { completeSettings } from './settings.ts'
import { emptyState, type State } from './state.ts'
import { recallCharges, upgradeFrom1, version, type Saved } from './upgrade.ts'
import { linesOf } from './whole-file.ts'

/** Characters that are made into one piece; an entry that is longer is one by itself. */
const pieceLength = 1_000_000

/** The state that a file holds; the empty one if there is no file. */
export async function readState(file: string): Promise<State> {
  const state = emptyState()
  try {
    const lines = linesOf(file)
    const { value: first } = await lines.next()
    const promised = entriesPromisedBy(first ?? '')
    if (promised === null) readOlder(await readFile(file, 'utf8'), { state, file })
    else await readEntries(lines, { promised, state, file })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  completeSettings(state)
  return state
}

/**
 * What will be in the file: a line that says how many follow, and one for each entry of each map. No text holds all of it,
 * since V8 has none of more than 512 MB. The state must not change while it is made, so it stops everything else.
 */
export function* piecesOf(state: State): Generator<Buffer> {
  const maps = Object.entries(state) as [string, Map<string, unknown>][]
  let lines = headOf(maps.reduce((sum, [, { size }]) => sum + size, 0))
  for (const [name, map] of maps) {
    for (const [id, object] of map) {
      lines += `\n${JSON.stringify([name, id, object])}`
      if (lines.length < pieceLength) continue
      yield Buffer.from(lines)
      lines = ''
    }
  }
  yield Buffer.from(`${lines}\n`)
}

function headOf(entries: number): string {
  return JSON.stringify({ version, entries })
}

/** Null if it is not our first line. */
function entriesPromisedBy(first: string): number | null {
  const entries = Number(/^\{"version":\d+,"entries":(\d+)\}$/.exec(first)?.[1])
  return first === headOf(entries) ? entries : null
}

async function readEntries(
  lines: AsyncIterable<string>,
  { promised, state, file }: { promised: number; state: State; file: string },
): Promise<void> {
  const maps = new Map(Object.entries(state) as [string, Map<string, unknown>][])
  let found = 0
  for await (const line of lines) {
    const [name, ...entry] = entryIn(line)
    if (typeof name !== 'string' || !isEntry(entry)) throw damaged(file, `its line ${found + 2} is no entry`)
    maps.get(name)?.set(...entry)
    found += 1
  }
  if (found !== promised) throw damaged(file, `it holds ${found} of ${promised} entries`)
}

function entryIn(line: string): unknown[] {
  try {
    const entry: unknown = JSON.parse(line)
    return Array.isArray(entry) ? entry : []
  } catch {
    return []
  }
}

/** The first two versions were one object with a list for each map. */
function readOlder(text: string, { state, file }: { state: State; file: string }): void {
  const { version: written, ...maps } = parse(text, file)
  if (written !== 1 && written !== 2) {
    throw new Error(`${file} holds no state of this Stripe stand-in (version ${version}); remove it to start afresh`)
  }
  const saved = savedIn(maps, file)
  const entries = written === 1 ? upgradeFrom1(saved) : saved
  for (const [name, map] of Object.entries(state) as [keyof State, Map<string, unknown>][]) {
    for (const [id, object] of entries[name] ?? []) map.set(id, object)
  }
  if (written === 1) recallCharges(state)
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object | null) }
  } catch {
    throw damaged(file, 'it holds no whole JSON')
  }
}

function savedIn(maps: Record<string, unknown>, file: string): Saved {
  const wrong = Object.keys(maps).find((name) => !isEntries(maps[name]))
  if (wrong !== undefined) throw damaged(file, `its ${wrong} are no list of ids and what they stand for`)
  return maps as Saved
}

function isEntries(value: unknown): boolean {
  return Array.isArray(value) && value.every(isEntry)
}

function isEntry(value: unknown): value is [string, unknown] {
  const [id, object] = Array.isArray(value) ? (value as unknown[]) : []
  return typeof id === 'string' && object !== undefined && object !== null
}

function damaged(file: string, how: string): Error {
  return new Error(`${file} is damaged: ${how}; put a copy back, or remove it to start afresh`)
}
