import { isAppError, type Contract } from '@lightpress/protocol'
import { afterCommit, insideTransaction, type Tx } from './db.ts'
import type { Invoke } from './invoke.ts'
import type { Signals } from './queues.ts'

/** Milliseconds for which an answer is believed while its module cannot be asked. */
const BELIEVED = 300_000
/** Answers that are remembered, of all operations together. */
const REMEMBER = 10_000
const channel = 'call-cache'

interface Answer {
  value: unknown
  /** By the clock that nobody sets. */
  at: number
}

interface Fetch {
  key: string
  /** Whether it was invalidated since. */
  stale: boolean
  at: number
}

/**
 * Answers queries that declare `cacheSeconds` from this process's memory. The module that answers them says when an
 * answer is another (`invalidate`): at once here, by signal elsewhere. A signal may be lost, so none older than was
 * declared is trusted, and once signals are heard, at first or again, none from before. An answer that was being fetched when it
 * was invalidated is not kept. Only while the module cannot be asked at all is its last answer believed for five minutes.
 */
export function createCallCache({ invoke, signals }: { invoke: Invoke; signals: Signals }) {
  const answers = new Map<string, Answer>()
  const fetching = new Set<Fetch>()

  const drop = (key: string) => {
    answers.delete(key)
    for (const fetch of fetching) if (fetch.key === key) fetch.stale = true
  }
  const dropAll = () => {
    answers.clear()
    for (const fetch of fetching) fetch.stale = true
  }
  const undo = [
    signals.on(channel, (message) => {
      if (typeof message === 'string') drop(message)
    }),
    signals.onConnect(dropAll),
  ]

  const cached: Invoke = async (invocation, call) => {
    const { to, operation, input } = invocation
    const declared = to.operations[operation]
    const seconds = declared?.kind === 'query' ? declared.cacheSeconds : undefined
    // In a transaction it is refused, whether or not the answer happens to be in memory.
    if (seconds === undefined || insideTransaction()) return invoke(invocation, call)
    const key = keyOf(to.name, operation, input)
    const known = answers.get(key)
    if (known && ageOf(known) < seconds * 1_000) return known.value
    // As old as the question: what happens while it is answered need not be in it.
    const fetch: Fetch = { key, stale: false, at: performance.now() }
    fetching.add(fetch)
    try {
      const value = frozen(await invoke(invocation, call))
      if (!fetch.stale) remember(answers, key, { value, at: fetch.at })
      return value
    } catch (error) {
      const isAway = isAppError(error) && error.code === 'unavailable'
      if (isAway && known && !fetch.stale && ageOf(known) < BELIEVED) return known.value
      throw error
    } finally {
      fetching.delete(fetch)
    }
  }

  return {
    invoke: cached,
    /** Once `tx` is committed, nobody answers this from memory any more. */
    invalidate(tx: Tx, { module, operation, input }: { module: string; operation: string; input: unknown }): void {
      const key = keyOf(module, operation, input)
      afterCommit(tx, `${channel} ${key}`, () => {
        drop(key)
        signals.emit(channel, key)
      })
    },
    close() {
      for (const stop of undo) stop()
    },
  }
}

export type CallCache = ReturnType<typeof createCallCache>

/** What a module may say of its own answers: `ctx.invalidate(tx, 'readEntitlements', { organizationId })`. */
export type Invalidate<C extends Contract = Contract> = (
  tx: Tx,
  operation: keyof C['operations'] & string,
  input: Readonly<Record<string, string>>,
) => void

/** The same for the same fields, in whichever order they stand. */
function keyOf(module: string, operation: string, input: unknown): string {
  const fields = Object.entries(input as Record<string, unknown>)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([module, operation, fields])
}

function ageOf({ at }: Answer): number {
  return performance.now() - at
}

/** The oldest goes for it: a map keeps the order in which its entries came. Of two that were fetched at once the later stays. */
function remember(answers: Map<string, Answer>, key: string, answer: Answer): void {
  if ((answers.get(key)?.at ?? 0) > answer.at) return
  answers.delete(key)
  answers.set(key, answer)
  const [oldest] = answers.keys()
  if (answers.size > REMEMBER && oldest !== undefined) answers.delete(oldest)
}

/** Many read one answer, and none may change it for the others. */
function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}
