import { anonymous } from '@lightpress/protocol'
import { createAsk } from './ask-listener.ts'
import type { KernelConfig } from './config.ts'
import type { Database } from './db.ts'
import { startEmbeddedMetrics } from './embedded-metrics.ts'
import { DEADLINE, type Invoke } from './invoke.ts'
import type { Logger } from './logging.ts'
import type { CallContext, Module } from './module.ts'
import { countDeadLetters, observeOutbox, oldestUnsentSeconds } from './observe-outbox.ts'
import { observeQueues } from './observe-queues.ts'
import type { QueueBackend } from './queues.ts'
import { startReconciler } from './reconciler.ts'
import { signalCommits, startRelay } from './relay.ts'
import type { RoutedModule } from './routes.ts'
import type { Telemetry } from './telemetry.ts'
import { originOf, type Origin } from './tables.ts'
import { continueTrace, traceIdOf } from './trace.ts'
import { keepSchedules, startWorker } from './worker.ts'

export interface BackgroundOptions {
  kernel: KernelConfig
  module: Module
  /** The module's own. */
  config: unknown
  host: RoutedModule
  database: Database
  queues: QueueBackend
  invoke: Invoke
  telemetry: Telemetry
  log: Logger
}

/** Starts what a module does without being asked, in the roles of this process; returns how to stop it, in order. */
export function startBackground({
  kernel,
  module,
  config,
  host,
  database,
  queues,
  invoke,
  telemetry,
  log,
}: BackgroundOptions): (() => unknown)[] {
  const { name } = module
  const stops: (() => unknown)[] = []
  if (kernel.ROLES.includes('worker')) {
    const contextFor = (origin: Origin) => host.contextFor(backgroundCall(log, origin))
    // Half of the connections, so that requests find one when there is much to do behind them.
    const concurrency = Math.ceil(kernel.DATABASE_POOL_SIZE / 2)
    const worker = startWorker({ module, config, database, queues, contextFor, concurrency, telemetry, log })
    const observed = observeQueues(module, { queues, metrics: telemetry.metrics })
    // Told until the last job has ended, which may take a while.
    stops.push(() => worker.close())
    if (kernel.METRICS_EMF) stops.push(tellCloudWatch(module, { kernel, database, due: observed.due, log }))
    stops.push(() => observed.close())
  }
  if (kernel.ROLES.includes('scheduler')) {
    const schedules = keepSchedules(module, queues, log)
    stops.push(() => schedules.close())
  }
  if (!kernel.ROLES.includes('relay')) return [...stops, signalCommits(name, queues)]

  const askListener = createAsk(name, invoke)
  const ask = (listener: string, ids: string[]) => askListener({ listener, ids, within: DEADLINE }, backgroundCall(log))
  const untilDone = new Set([...module.jobs.values()].filter((job) => job.untilDone).map((job) => job.name))
  const reconciler = startReconciler({ module: name, untilDone, database, ask, log })
  observeOutbox(module, { database, metrics: telemetry.metrics })
  const relay = startRelay({ module, database, queues, telemetry, log })
  return [...stops, () => reconciler.close(), () => relay.close()]
}

/** What alarms and scaling in AWS go by. */
function tellCloudWatch(
  module: Module,
  {
    kernel,
    database,
    due,
    log,
  }: Pick<BackgroundOptions, 'kernel' | 'database' | 'log'> & { due: () => Promise<number> },
): () => void {
  return startEmbeddedMetrics({
    dimensions: { Env: kernel.ENVIRONMENT, Queue: module.name },
    figures: {
      QueueDepth: { unit: 'Count', read: due },
      DeadLetters: { unit: 'Count', read: () => countDeadLetters(module, database) },
      OldestOutboxSeconds: { unit: 'Seconds', read: () => oldestUnsentSeconds(module, database) },
    },
    log,
  })
}

/** For work that nobody waits for: anonymous, with the trace of what caused it. */
export function backgroundCall(
  log: Logger,
  origin: Origin = { requestId: 'background', traceparent: '' },
): CallContext {
  // What a process does by itself, every second, is in nobody's trace.
  const traceparent = continueTrace(origin.traceparent, { sampled: false })
  return {
    caller: anonymous,
    request: {
      ...originOf(origin),
      traceparent,
      ip: null,
      userAgent: null,
      idempotencyKey: null,
    },
    ...limit(),
    renew: limit,
    log: log.child({ requestId: origin.requestId, traceId: traceIdOf(traceparent) }),
  }
}

function limit(): Pick<CallContext, 'deadline' | 'signal'> {
  return { deadline: Date.now() + DEADLINE, signal: AbortSignal.timeout(DEADLINE) }
}
