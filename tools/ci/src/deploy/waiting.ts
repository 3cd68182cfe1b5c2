import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from './failure.ts'

/** Seconds between two looks at what AWS does; `POLL_SECONDS` overrides it. */
export function pollSeconds(): number {
  const seconds = Number(process.env.POLL_SECONDS || 10)
  if (seconds > 0) return seconds
  throw new Failure(`POLL_SECONDS is a number of seconds above 0, not "${process.env.POLL_SECONDS}".`)
}

export interface Patience {
  minutes: number
  /** What is said when the time is over. */
  otherwise: string
  /** Ends the waiting at once. */
  signal?: AbortSignal | undefined
}

/** Looks until there is something to see. */
export async function waitFor<T>(
  look: () => Promise<T | undefined>,
  { minutes, otherwise, signal }: Patience,
): Promise<T> {
  for (const end = Date.now() + minutes * 60_000; ;) {
    signal?.throwIfAborted()
    const seen = await look()
    if (seen !== undefined) return seen
    if (Date.now() >= end) throw new Failure(`${otherwise} (after ${minutes} min).`)
    // Told to stop, it stops at the top of the loop, with the reason.
    await sleep(pollSeconds() * 1_000, undefined, signal ? { signal } : {}).catch(() => undefined)
  }
}

/** Aborted when the pipeline ends this process, so that nothing goes on in production that nobody watches. */
export function untilToldToStop(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Failure(`It was told to stop by ${signal}.`)))
  }
  return controller.signal
}
