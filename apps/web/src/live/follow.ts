import { readEvents, type ServerEvent } from './sse.ts'

export interface FollowOptions {
  /** Opens the stream; renewing the session is its business. Resolves with a body or rejects. */
  open: (lastEventId: string, signal: AbortSignal) => Promise<ReadableStream<Uint8Array>>
  onEvent: (event: ServerEvent) => void
  signal: AbortSignal
  /** Where to resume; empty for "from now on". */
  lastEventId: () => string
  /** Whether trying again makes no sense (the session is over). */
  isFinal: (error: unknown) => boolean
  /** Waits; injected by tests. */
  pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>
}

/**
 * Follows a stream for as long as it is wanted: a server that closes (a deploy, an expired token) is asked again
 * at once, one that refuses is asked again later and later, up to half a minute, and at once when the network is back.
 */
export async function follow({ open, onEvent, signal, lastEventId, isFinal, pause = pauseOnline }: FollowOptions) {
  let failures = 0
  while (!signal.aborted) {
    const openedAt = Date.now()
    try {
      for await (const event of readEvents(await open(lastEventId(), signal))) {
        failures = 0
        onEvent(event)
      }
      // A server that only ever accepts and closes must not be asked in a tight loop.
      if (Date.now() - openedAt < 1000) failures++
    } catch (error) {
      if (signal.aborted || isFinal(error)) return
      failures++
    }
    if (failures > 0) await pause(backOff(failures, Math.random()), signal)
  }
}

/** 1, 2, 4 … 30 seconds, each shortened by up to half, so that a thousand browsers do not come back as one. */
export function backOff(failures: number, random: number): number {
  return Math.min(30_000, 500 * 2 ** failures) * (1 - random / 2)
}

function pauseOnline(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      removeEventListener('online', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    addEventListener('online', done)
    signal.addEventListener('abort', done)
  })
}
