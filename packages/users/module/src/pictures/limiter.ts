import { AppError } from '@lightpress/protocol'

/**
 * Does so much at a time and keeps so many waiting in line; whoever comes then is told to come back. Whose answer nobody
 * waits for any more leaves the line: what is begun is wanted.
 */
export function createLimiter({ atOnce, waiting }: { atOnce: number; waiting: number }) {
  const line: (() => void)[] = []
  let busy = 0

  return async function limited<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (busy < atOnce) busy += 1
    else if (line.length < waiting) await turn(line, signal)
    else throw tooBusy()
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      // Whoever is next takes the place over, so that nobody who comes now goes before them.
      const next = line.shift()
      if (next) next()
      else busy -= 1
    }
  }
}

function turn(line: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      line.splice(line.indexOf(begin), 1)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', leave, { once: true })
    line.push(begin)
  })
}

/** Does so much at a time, and so much of it for any one person; the rest is told to come back. */
export function createShares({ atOnce, each }: { atOnce: number; each: number }) {
  const limited = createLimiter({ atOnce, waiting: 0 })
  const shares = new Map<string, number>()

  return async function shared<T>(person: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const share = shares.get(person) ?? 0
    if (share >= each) throw tooBusy()
    shares.set(person, share + 1)
    try {
      return await limited(work, signal)
    } finally {
      const left = (shares.get(person) ?? 0) - 1
      if (left > 0) shares.set(person, left)
      else shares.delete(person)
    }
  }
}

function tooBusy(): AppError {
  return new AppError('unavailable', 'request.busy', 'There is too much to do just now. Try again.', { retryAfter: 2 })
}
