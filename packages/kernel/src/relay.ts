import { and, asc, eq, lte, sql } from 'drizzle-orm'
import type { Database, Tx } from './db.ts'
import { summarizeError, type Logger } from './logging.ts'
import { laneQueue, priorityOf } from './lanes.ts'
import type { Module } from './module.ts'
import { onOutboxCommit } from './outbox.ts'
import { queueName, type Queue, type QueueBackend, type Sent } from './queues.ts'
import { isOneOf, tablesOf, type Origin } from './tables.ts'
import { noTelemetry, type Telemetry } from './telemetry.ts'
import { isTraceparent } from './trace.ts'

const BATCH = 500
const POLL = 1_000

export interface RelayOptions {
  module: Pick<Module, 'name' | 'jobs'>
  database: Database
  queues: QueueBackend
  telemetry?: Telemetry
  log: Logger
}

/**
 * Moves what a module's commits promised into its listeners' queues. Woken by commits of this process and by
 * the signal of others, with a poll behind both. Several relays of one module may run: a row is locked by one.
 */
export function startRelay({
  module: { name: module, jobs },
  database,
  queues,
  telemetry: { metrics, tracer } = noTelemetry,
  log,
}: RelayOptions) {
  const { outbox } = tablesOf(module)
  const opened = new Map<string, Queue>()
  let running: Promise<void> | undefined
  let again = false
  let closed = false

  const queueOf = (name: string) => {
    const queue = opened.get(name) ?? queues.openQueue(name)
    opened.set(name, queue)
    return queue
  }

  /** Jobs are the module's own, so it knows which of them have a lane. */
  const wayOf = ({ listener, kind, type }: { listener: string; kind: 'event' | 'job'; type: string }) => {
    const lane = kind === 'job' ? jobs.get(type)?.lane : undefined
    return lane ? laneQueue(listener, lane) : queueName(listener, kind)
  }

  /** Sends one batch; true when there may be more. A queue that is away fails the transaction: nothing is marked. */
  const sendBatch = () =>
    database.withTx({ requestId: 'relay', traceparent: '' }, async (tx: Tx) => {
      const due = and(eq(outbox.state, 'pending'), lte(outbox.availableAt, sql`now()`))
      const rows = await tx
        .select()
        .from(outbox)
        .where(due)
        .orderBy(asc(outbox.availableAt), asc(outbox.id))
        .limit(BATCH)
        .for('update', { skipLocked: true })
      if (rows.length === 0) return false
      for (const [name, group] of Map.groupBy(rows, wayOf)) {
        await sendTraced(name, group, (origins) =>
          queueOf(name).add(
            group.map(({ id, kind, type, payload }, at): Sent => {
              const job = kind === 'job' ? jobs.get(type) : undefined
              return { id, kind, type, payload, origin: origins[at] as Origin, priority: job && priorityOf(job) }
            }),
          ),
        )
      }
      await tx
        .update(outbox)
        .set({ state: 'published', publishedAt: sql`now()` })
        .where(isOneOf(outbox, rows))
      metrics.sent.inc({ module }, rows.length)
      return rows.length === BATCH
    })

  /** Each in a span of the trace that it was promised in, from which its handler's goes on. */
  const sendTraced = async (
    queue: string,
    rows: readonly { id: string; type: string; origin: Origin }[],
    send: (origins: Origin[]) => Promise<void>,
  ) => {
    const spans = rows.map(({ id, type, origin: { traceparent } }) => {
      if (!tracer.enabled || !isTraceparent(traceparent)) return undefined
      const attributes = {
        'messaging.system': 'bullmq',
        'messaging.destination.name': queue,
        'messaging.message.id': id,
      }
      return tracer.start({ name: `send ${type}`, kind: 'producer', attributes }, traceparent)
    })
    const endAll = (failure?: unknown) => spans.forEach((span) => span?.end(failure))
    try {
      await send(
        rows.map(({ origin }, at) => ({ ...origin, traceparent: spans[at]?.traceparent ?? origin.traceparent })),
      )
      endAll()
    } catch (error) {
      endAll(error)
      throw error
    }
  }

  const drain = async () => {
    do {
      again = false
      try {
        while (!closed && (await sendBatch()));
      } catch (error) {
        log.warn({ error: summarizeError(error) }, 'the relay could not send; what it carries stays in the outbox')
        // The poll tries again, not every commit meanwhile.
        again = false
      }
    } while (again && !closed)
  }

  const wake = () => {
    again = true
    if (closed || running) return
    running = drain().finally(() => {
      running = undefined
    })
  }

  const forget = [onOutboxCommit(module, wake), queues.signals.on(`outbox.${module}`, wake)]
  const timer = setInterval(wake, POLL)
  wake()

  return {
    async close() {
      closed = true
      clearInterval(timer)
      for (const undo of forget) undo()
      await running
      await Promise.allSettled([...opened.values()].map((queue) => queue.close()))
    },
  }
}

/** In a process without a relay: tells the one that has it, at most every few milliseconds. */
export function signalCommits(module: string, { signals }: QueueBackend): () => void {
  let timer: NodeJS.Timeout | undefined
  const undo = onOutboxCommit(module, () => {
    timer ??= setTimeout(() => {
      timer = undefined
      signals.emit(`outbox.${module}`, null)
    }, 2)
  })
  return () => {
    undo()
    clearTimeout(timer)
  }
}
