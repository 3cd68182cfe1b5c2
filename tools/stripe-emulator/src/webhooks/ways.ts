import { Way, type WayOptions } from './way.ts'

/** The ways to all endpoints. */
export interface Ways {
  to(endpoint: string): Way
  /** Does it to each, and sends what can be sent then. */
  each(change: (way: Way) => void): void
  /** Resolves once on no way anything is left to send now. */
  settled(): Promise<void>
  /** Forgets what is on its way. */
  clear(): void
  close(): Promise<void>
}

export function createWays(options: Omit<WayOptions, 'rested'>): Ways {
  const { endpoints } = options.state
  const ways = new Map<string, Way>()
  let closed = false
  let waiting: (() => void)[] = []

  function to(endpoint: string): Way {
    const known = ways.get(endpoint)
    if (known) return known
    const way: Way = new Way({ ...options, rested: () => rested(endpoint, way) })
    ways.set(endpoint, way)
    if (closed) void way.stop()
    return way
  }

  function rested(endpoint: string, way: Way): void {
    if (way.isEmpty() && !endpoints.has(endpoint) && ways.get(endpoint) === way) ways.delete(endpoint)
    tellSettled()
  }

  function tellSettled(): void {
    if (waiting.length === 0 || (!closed && ![...ways.values()].every((way) => way.isSettled()))) return
    for (const resolve of waiting) resolve()
    waiting = []
  }

  async function stop(): Promise<void> {
    const stopped = [...ways.values()].map((way) => way.stop())
    ways.clear()
    await Promise.all(stopped)
  }

  return {
    to,
    each(change) {
      for (const way of ways.values()) {
        change(way)
        way.kick()
      }
    },
    settled() {
      return new Promise((resolve) => {
        waiting.push(resolve)
        tellSettled()
      })
    },
    clear() {
      void stop()
      tellSettled()
    },
    async close() {
      closed = true
      await stop()
      tellSettled()
    },
  }
}
