import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { completeSettings } from './settings.ts'
import { emptyState, type State } from './state.ts'
import { recallCharges, upgradeFrom1, version, type Saved } from './upgrade.ts'

/** The state that a file holds; the empty one if there is no file. */
export async function readState(file: string): Promise<State> {
  const state = emptyState()
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return state
  const { version: written, ...maps } = parse(text, file)
  if (written !== version && written !== 1) {
    throw new Error(`${file} holds no state of this Stripe stand-in (version ${version}); remove it to start afresh`)
  }
  const saved = savedIn(maps, file)
  const entries = written === 1 ? upgradeFrom1(saved) : saved
  for (const [name, map] of Object.entries(state) as [keyof State, Map<string, unknown>][]) {
    for (const [id, object] of entries[name] ?? []) map.set(id, object)
  }
  if (written === 1) recallCharges(state)
  completeSettings(state)
  return state
}

/** What will be in the file. The state must not change while it is made, so it stops everything else. */
export function serialized(state: State): string {
  const maps = Object.entries(state) as [string, Map<string, unknown>][]
  return JSON.stringify({ version, ...Object.fromEntries(maps.map(([name, map]) => [name, [...map]])) })
}

/** Written beside the old one, then renamed over it: whatever happens meanwhile, one of them is there, and whole. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const folder = dirname(file)
  await mkdir(folder, { recursive: true })
  const draft = await open(`${file}.tmp`, 'w')
  try {
    await draft.writeFile(text)
    await draft.sync()
  } finally {
    await draft.close()
  }
  await rename(`${file}.tmp`, file)
  await syncFolder(folder)
}

/** Without it the new name may be lost with the power. Windows opens no folders, and needs no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const opened = await open(folder)
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
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

function isEntry(value: unknown): boolean {
  const [id, object] = Array.isArray(value) ? (value as unknown[]) : []
  return typeof id === 'string' && object !== undefined && object !== null
}

function damaged(file: string, how: string): Error {
  return new Error(`${file} is damaged: ${how}; put a copy back, or remove it to start afresh`)
}
