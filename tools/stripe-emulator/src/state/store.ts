import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { emptyState, type State } from './state.ts'
import { recallCharges, upgradeFrom1, version, type Saved } from './upgrade.ts'

const shortestWait = 100

export interface Store {
  state: State
  /** Says that the state has changed; it is written soon, many changes at once. */
  changed(): void
  /** Writes what has not been written yet. */
  flush(): Promise<void>
  /** Forgets everything, in place. */
  reset(): void
}

/** Keeps the state in memory, and in `file` if one is given: written whole, beside the old one, then renamed over it. */
export async function openStore(file: string | undefined, log: (message: string) => void): Promise<Store> {
  const state = file === undefined ? emptyState() : await load(file)
  let dirty = false
  let timer: NodeJS.Timeout | undefined
  let wait = shortestWait
  let writing = Promise.resolve()

  async function write() {
    if (!dirty || file === undefined) return
    dirty = false
    const began = performance.now()
    try {
      await save(file, state)
    } catch (error) {
      dirty = true
      log(`the state could not be written to ${file}: ${String(error)}`)
    }
    // A big state takes long to write: no more than a tenth of the time goes into that.
    wait = Math.max(shortestWait, 10 * (performance.now() - began))
  }

  function flush() {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  function changed() {
    dirty = true
    if (file !== undefined) timer ??= setTimeout(() => void flush(), wait)
  }

  function reset() {
    for (const map of Object.values(state) as Map<string, unknown>[]) map.clear()
    changed()
  }

  return { state, changed, flush, reset }
}

async function load(file: string): Promise<State> {
  const state = emptyState()
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return state
  const { version: written, ...saved } = parse(text, file)
  if (written !== version && written !== 1) {
    throw new Error(`${file} holds no state of this Stripe stand-in (version ${version}); remove it to start afresh`)
  }
  const entries = (written === 1 ? upgradeFrom1(saved as Saved) : saved) as Saved
  for (const [name, map] of Object.entries(state) as [keyof State, Map<string, unknown>][]) {
    for (const [id, object] of entries[name] ?? []) map.set(id, object)
  }
  if (written === 1) recallCharges(state)
  return state
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(text) as object | null) }
  } catch {
    throw new Error(`${file} is damaged: it holds no whole JSON; put a copy back, or remove it to start afresh`)
  }
}

async function save(file: string, state: State): Promise<void> {
  const maps = Object.entries(state) as [string, Map<string, unknown>][]
  const text = JSON.stringify({ version, ...Object.fromEntries(maps.map(([name, map]) => [name, [...map]])) })
  await mkdir(dirname(file), { recursive: true })
  const draft = await open(`${file}.tmp`, 'w')
  try {
    await draft.writeFile(text)
    await draft.sync()
  } finally {
    await draft.close()
  }
  await rename(`${file}.tmp`, file)
}
