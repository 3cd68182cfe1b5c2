import type pg from 'pg'
import type { Metrics } from './metrics.ts'
import { inSpan } from './spans.ts'
import type { Origin } from './tables.ts'
import type { Telemetry } from './telemetry.ts'
import { isTraceparent } from './trace.ts'

/** How long statements take, and how many connections there are, read when somebody asks. */
export function observePool(pool: pg.Pool, { module, metrics }: { module: string; metrics: Metrics }): void {
  if (!metrics.enabled) return
  pool.on('connect', (client) => timeQueries(client, (seconds) => metrics.querySeconds.observe({ module }, seconds)))
  metrics.onScrape('pool', () => {
    const { totalCount, idleCount, waitingCount, options } = pool
    metrics.poolConnections.set({ module, state: 'used' }, totalCount - idleCount)
    metrics.poolConnections.set({ module, state: 'idle' }, idleCount)
    metrics.poolWaiting.set({ module }, waitingCount)
    metrics.poolMax.set({ module }, options.max)
  })
}

type Query = (...args: unknown[]) => unknown

/**
 * The pool asks by callback and transactions by promise; both go through the client's one method. That of its class is looked
 * up each time: whoever watches all clients does it there.
 */
function timeQueries(client: pg.PoolClient, told: (seconds: number) => void): void {
  const timed = client as unknown as { query: Query }
  const all = Object.getPrototypeOf(client) as { query: Query }
  const query = (args: unknown[]) => all.query.apply(client, args)
  timed.query = (...args) => {
    const started = performance.now()
    const ended = () => told((performance.now() - started) / 1_000)
    const answer = args.at(-1)
    if (typeof answer === 'function') {
      args[args.length - 1] = (...answers: unknown[]): unknown => {
        ended()
        return (answer as Query)(...answers)
      }
      return query(args)
    }
    const result = query(args)
    if (result instanceof Promise) result.then(ended, ended)
    return result
  }
}

/** A transaction in a span of its own, from which goes on what is promised in it. The relay's are nobody's work. */
export async function observeTransaction<T>(
  { metrics, tracer }: Telemetry,
  { module, origin }: { module: string; origin: Origin },
  work: (origin: Origin) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  let outcome = 'rolled back'
  try {
    const result = await traced()
    outcome = 'committed'
    return result
  } finally {
    metrics.transactions.inc({ module, outcome })
    metrics.transactionSeconds.observe({ module }, (performance.now() - started) / 1_000)
  }

  function traced() {
    const { traceparent: parent } = origin
    if (!tracer.enabled || !isTraceparent(parent)) return work(origin)
    const attributes = { 'db.system.name': 'postgresql', 'db.namespace': module }
    return inSpan(tracer, { name: `${module} transaction`, kind: 'client', attributes, parent }, (traceparent) =>
      work({ ...origin, traceparent }),
    )
  }
}
