import type { ServerEvent } from './sse.ts'

export interface ShareOptions {
  /** One stream for each name in this browser. */
  name: string
  locks: Pick<LockManager, 'request'>
  /** Follows the real stream until the signal says stop; runs in one tab only. */
  follow: (lastEventId: () => string, onEvent: (event: ServerEvent) => void, signal: AbortSignal) => Promise<void>
  onEvent: (event: ServerEvent) => void
}

/**
 * One stream for all tabs of a browser: who holds the lock follows it and tells the others. When that tab closes,
 * the lock falls to the next, which resumes where the browser was. (Browsers do not freeze a tab that holds a lock.)
 * Returns its end.
 */
export function shareStream({ name, locks, follow, onEvent }: ShareOptions): () => void {
  const stop = new AbortController()
  const channel = new BroadcastChannel(name)
  let lastEventId = ''

  const receive = (event: ServerEvent) => {
    lastEventId = event.id || lastEventId
    onEvent(event)
  }
  channel.onmessage = ({ data }: MessageEvent<ServerEvent>) => receive(data)

  const lead = () =>
    follow(
      () => lastEventId,
      (event) => {
        if (stop.signal.aborted) return
        channel.postMessage(event)
        receive(event)
      },
      stop.signal,
    )
  locks.request(name, { signal: stop.signal }, lead).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })

  return () => {
    stop.abort()
    channel.close()
  }
}
