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
  /** Milliseconds without a byte after which a stream counts as dead; injected by tests. */
  silence?: number
}

/** Three beats of the server: a network that is gone without a word (a sleep, a dead proxy) closes nothing. */
const threeBeats = 45_000
/** Until the server has named its own. */
const usualRetry = 3_000

/**
 * Follows a stream for as long as it is wanted. A server that closes (a deploy, an ended session) does so to everybody
 * at once, so each comes back at its own moment within the time that the server asked for. One that refuses is asked
 * again later and later, up to half a minute, and at once when the network is back. One that is silent is left.
 */
export async function follow(options: FollowOptions) {
  const { open, onEvent, signal, lastEventId, isFinal, pause = pauseOnline, silence = threeBeats } = options
  let failures = 0
  let retry = usualRetry
  while (!signal.aborted) {
    const openedAt = Date.now()
    const watch = createWatch(silence)
    try {
      const stream = await open(lastEventId(), AbortSignal.any([signal, watch.silent]))
      for await (const event of readEvents(watch.over(stream), (milliseconds) => (retry = milliseconds))) {
        failures = 0
        onEvent(event)
      }
      // A server that only ever accepts and closes must not be asked in a tight loop.
      if (Date.now() - openedAt < 1000) failures++
    } catch (error) {
      if (signal.aborted || isFinal(error)) return
      failures++
    } finally {
      watch.end()
    }
    if (signal.aborted) return
    const random = Math.random()
    await pause(failures > 0 ? backOff(failures, random) : random * retry, signal)
  }
}

/** Runs out when there has been no byte for so long; that of a comment, which is no event, counts. */
function createWatch(silence: number) {
  const controller = new AbortController()
  const bark = () => controller.abort(new DOMException('The stream fell silent.', 'TimeoutError'))
  let timer = setTimeout(bark, silence)
  const end = () => clearTimeout(timer)
  const heard = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, through) => {
      end()
      timer = setTimeout(bark, silence)
      through.enqueue(chunk)
    },
  })
  return {
    silent: controller.signal,
    over: (stream: ReadableStream<Uint8Array>) => stream.pipeThrough(heard, { signal: controller.signal }),
    end,
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
