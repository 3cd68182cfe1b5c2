import { piecesOf, readState } from './file.ts'
import { lock } from './lock.ts'
import { emptyState, type State } from './state.ts'
import { writeWhole } from './whole-file.ts'

/** Milliseconds between a change and its writing, and at most between attempts that fail. */
const shortestWait = 100
const longestWait = 10_000

export interface Store {
  state: State
  /** Says that the state has changed; it is written soon, many changes at once. */
  changed(): void
  /** Writes what has not been written yet. What cannot be written is told, and tried again. */
  flush(): Promise<void>
  /** Forgets everything, in place. */
  reset(): void
  /** Writes what has not been written yet and lets go of the file; throws if it cannot be written. */
  close(): Promise<void>
}

/** Keeps the state in memory, and in `file` if one is given, which is then this store's alone. */
export async function openStore(file: string | undefined, log: (message: string) => void): Promise<Store> {
  return file === undefined ? inMemory() : await inFile(file, log)
}

function inMemory(): Store {
  const state = emptyState()
  const nothing = () => Promise.resolve()
  return { state, changed: () => {}, flush: nothing, reset: () => clear(state), close: nothing }
}

async function inFile(file: string, log: (message: string) => void): Promise<Store> {
  const own = await lock(file, log)
  const state = await readState(file).catch(async (error: unknown) => {
    await own.release()
    throw error
  })
  let dirty = false
  let closed = false
  let problem: string | null = null
  let timer: NodeJS.Timeout | undefined
  let wait = shortestWait
  let retryWait = shortestWait
  let writing = Promise.resolve()

  async function write(): Promise<void> {
    if (!dirty) return
    dirty = false
    try {
      const began = performance.now()
      const pieces = [...piecesOf(state)]
      // Nobody is served meanwhile, and it takes long for a big state: no more than a tenth of the time goes into that.
      wait = Math.max(shortestWait, 10 * (performance.now() - began))
      await own.check()
      await writeWhole(file, pieces)
      if (problem !== null) log(`the state is written to ${file} again`)
      problem = null
      retryWait = shortestWait
    } catch (error) {
      if (problem === null) log(`the state could not be written to ${file}, and is tried again: ${String(error)}`)
      problem = String(error)
      wait = Math.max(wait, retryWait)
      retryWait = Math.min(2 * retryWait, longestWait)
      changed()
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  function changed(): void {
    dirty = true
    if (!closed) timer ??= setTimeout(() => void flush(), wait)
  }

  return {
    state,
    changed,
    flush,

    reset() {
      clear(state)
      changed()
    },

    async close() {
      closed = true
      await flush()
      await own.release()
      if (problem !== null) throw new Error(`the state could not be written to ${file}: ${problem}`)
    },
  }
}

function clear(state: State): void {
  for (const map of Object.values(state) as Map<string, unknown>[]) map.clear()
}
