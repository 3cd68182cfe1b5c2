import { lookup } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds between two looks, and that a look may take. A process that stops has to answer for longer than both. */
const EVERY = 500
const PATIENCE = 1_000

export interface Targets {
  /** Where the next request goes. */
  next(): string
  /** Until there is one that is ready, or the time is over. */
  wait(milliseconds: number): Promise<void>
  close(): void
}

/**
 * The processes behind one name, as a load balancer keeps them: each address is asked for /health/ready, and those that
 * say yes get requests in turn. When none does they all get them: a broken check is not to stop everything.
 */
export function watchTargets(upstream: string): Targets {
  const closing = new AbortController()
  let all = [upstream]
  let ready: string[] = []
  let turn = 0

  const look = async () => {
    all = await addressesOf(upstream)
    const answers = await Promise.all(all.map(isReady))
    ready = all.filter((_, at) => answers[at])
  }
  const watch = async () => {
    while (!closing.signal.aborted) {
      // A name that nobody has, as before its first container starts and after its last has gone.
      await look().catch(() => {
        ready = []
      })
      await sleep(EVERY, undefined, { signal: closing.signal, ref: false }).catch(() => undefined)
    }
  }
  void watch()

  return {
    next() {
      const from = ready.length > 0 ? ready : all
      return from[turn++ % from.length] ?? upstream
    },
    async wait(milliseconds) {
      for (const end = Date.now() + milliseconds; ready.length === 0 && Date.now() < end;) await sleep(50)
    },
    close: () => closing.abort(),
  }
}

async function addressesOf(upstream: string): Promise<string[]> {
  const { protocol, hostname, port } = new URL(upstream)
  const found = await lookup(hostname, { all: true })
  const hosts = found.map(({ address, family }) => (family === 6 ? `[${address}]` : address))
  return [...new Set(hosts)].sort().map((host) => `${protocol}//${host}:${port || 80}`)
}

async function isReady(at: string): Promise<boolean> {
  try {
    const answer = await fetch(`${at}/health/ready`, { signal: AbortSignal.timeout(PATIENCE) })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
