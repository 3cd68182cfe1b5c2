import type { ServerEvent } from './sse.ts'

export interface ShareOptions {
  /** One stream for each name in this browser. */
  name: string
  locks: Pick<LockManager, 'request'>
  /** Follows the real stream until the signal says stop; runs in one tab only. */
  follow: (lastEventId: () => string, onEvent: (event: ServerEvent) => void, signal: AbortSignal) => Promise<void>
  onEvent: (event: ServerEvent) => void
  /** Whether an event says how things stand: the last of these is told to a tab that comes later. */
  isState: (event: ServerEvent) => boolean
}

/** What tabs say to each other. `to` is the tab that asked; without it, it is for all. */
type Message = { event: ServerEvent; to?: string } | { hello: string }

/**
 * One stream for all tabs of a browser: who holds the lock follows it and tells the others. When that tab closes,
 * the lock falls to the next, which resumes where the browser was. A tab that comes later asks how things stand, which
 * is also where it would resume. (Browsers do not freeze a tab that holds a lock.) Returns its end.
 */
export function shareStream({ name, locks, follow, onEvent, isState }: ShareOptions): () => void {
  const stop = new AbortController()
  const channel = new BroadcastChannel(name)
  const me = crypto.randomUUID()
  let lastEventId = ''
  /** Of the tab that leads, and of no other, so that one answers. */
  let state: ServerEvent | undefined

  const receive = (event: ServerEvent) => {
    lastEventId = event.id || lastEventId
    onEvent(event)
  }
  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if ('event' in data) {
      if (data.to === undefined || data.to === me) receive(data.event)
    } else if (state) channel.postMessage({ event: state, to: data.hello } satisfies Message)
  }
  channel.postMessage({ hello: me } satisfies Message)

  const lead = () =>
    follow(
      () => lastEventId,
      (event) => {
        if (stop.signal.aborted) return
        if (isState(event)) state = event
        channel.postMessage({ event } satisfies Message)
        receive(event)
      },
      stop.signal,
    ).finally(() => (state = undefined))
  locks.request(name, { signal: stop.signal }, lead).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })

  return () => {
    stop.abort()
    channel.close()
  }
}
