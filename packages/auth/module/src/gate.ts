import { AppError } from '@lightpress/protocol'

/**
 * Lets so many pieces of work run at once and so many wait their turn; the rest is `unavailable` at once, rather
 * than late. Work whose caller has given up meanwhile is not begun.
 */
export function createGate({ running, waiting }: { running: number; waiting: number }) {
  let free = running
  const queue: (() => void)[] = []

  return async function pass<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (free > 0) free -= 1
    else if (queue.length >= waiting) throw busy()
    else await new Promise<void>((resolve) => queue.push(resolve))
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      // The place goes straight to whoever waits longest.
      const next = queue.shift()
      if (next) next()
      else free += 1
    }
  }
}

function busy(): AppError {
  return new AppError('unavailable', 'auth.busy', 'Too many people are signing in just now. Try again.', {
    retryAfter: 1,
  })
}
