import { and, eq, sql } from 'drizzle-orm'
import type { Database } from './db.ts'
import { laneQueue, lanesOf, RetryLater } from './lanes.ts'
import { describeError, summarizeError, type Logger } from './logging.ts'
import type { Module, ModuleContext } from './module.ts'
import { queueName, type Attempt, type Delivery, type QueueBackend } from './queues.ts'
import { underTrace } from './observe-vendors.ts'
import { tablesOf, type Origin } from './tables.ts'
import { noTelemetry, type Telemetry } from './telemetry.ts'
import { traceIdOf } from './trace.ts'

/** A delivery that was started this often without ending kills its workers: it is put aside. */
const MAX_STARTS = 30

export interface WorkerOptions {
  module: Module
  config: unknown
  database: Database
  queues: QueueBackend
  /** Makes the context that a handler is given; nobody is signed in. */
  contextFor: (origin: Origin) => ModuleContext
  concurrency: number
  telemetry?: Telemetry
  log: Logger
}

/** Takes a module's events and jobs from its queues and makes them take effect, once. */
export function startWorker({
  module,
  config,
  database,
  queues,
  contextFor,
  concurrency,
  telemetry = noTelemetry,
  log,
}: WorkerOptions) {
  const { metrics, tracer } = telemetry
  const { inbox } = tablesOf(module.name)
  // A dead letter that is sent again is taken again; what is done stays done.
  const revive = {
    target: inbox.id,
    set: { state: 'done' as const, error: null, handledAt: sql`now()` },
    setWhere: eq(inbox.state, 'dead'),
  }

  /** An attempt in a span of its own, counted by what becomes of it. */
  const handle = async (taken: Delivery, attempt: Attempt) => {
    const started = performance.now()
    const { id, kind, type } = taken
    const attributes = { 'messaging.system': 'bullmq', 'messaging.message.id': id }
    const span = tracer.start(
      { name: `${module.name} ${type}`, kind: 'consumer', attributes },
      taken.origin.traceparent,
    )
    const origin = { ...originOfWork(taken, module.name), traceparent: span.traceparent }
    const count = (outcome: string, failure?: unknown) => {
      metrics.deliveries.inc({ module: module.name, kind, type, outcome })
      metrics.deliverySeconds.observe({ module: module.name, kind }, (performance.now() - started) / 1_000)
      span.end(failure)
    }
    try {
      const failure = await underTrace(span.traceparent, () => attemptAt({ ...taken, origin }, attempt))
      count(failure === undefined ? 'done' : goesOn(taken) ? 'exhausted' : 'dead', failure)
    } catch (error) {
      if (attempt.mayWait && error instanceof RetryLater) count('postponed')
      else count('failed', error)
      throw error
    }
  }

  /** Gives why it was given up, if it was; throws what is to be tried again. */
  const attemptAt = async (delivery: Delivery, attempt: Attempt): Promise<unknown> => {
    const started = performance.now()
    const { requestId, traceparent } = delivery.origin
    const traceId = traceIdOf(traceparent)
    const about = log.child({
      delivery: delivery.id,
      type: delivery.type,
      requestId,
      traceId,
      attempt: attempt.failed + 1,
    })
    try {
      if (attempt.started > MAX_STARTS)
        throw new Error(`Started ${attempt.started} times and never ended: its worker dies of it.`)
      await effect(delivery, about)
      about.debug({ ms: Math.round(performance.now() - started) }, 'delivered')
      return undefined
    } catch (error) {
      if (attempt.mayWait && error instanceof RetryLater) {
        about.info({ ms: error.milliseconds }, 'the vendor takes no more now; the lane waits')
        throw error
      }
      const reason = summarizeError(error)
      if (!attempt.last && attempt.started <= MAX_STARTS) {
        about.warn({ error: reason }, 'failed; it is tried again')
        // The queue keeps what is thrown, so it gets the summary, without anybody's data.
        throw new Error(reason, { cause: error })
      }
      about.error(
        describeError(error),
        goesOn(delivery)
          ? 'failed at every attempt; it is taken up again in a while'
          : 'failed for the last time; it is a dead letter now',
      )
      telemetry.report(error, { module: module.name, operation: delivery.type, requestId, traceId })
      if (delivery.kind !== 'schedule') await record(delivery, { state: 'dead', error: reason })
      return error
    }
  }

  /** Of a job that must be done the reconciler makes no dead letter: it brings it again. */
  const goesOn = ({ kind, type }: Delivery) => kind === 'job' && module.jobs.get(type)?.untilDone === true

  const effect = (delivery: Delivery, about: Logger): Promise<void> => {
    switch (delivery.kind) {
      case 'event':
        return takeEvent(delivery, about)
      case 'job':
        return runJob(delivery, about)
      case 'schedule':
        return module.schedules.get(delivery.type)?.run(contextFor(delivery.origin) as never) ?? Promise.resolve()
    }
  }

  const takeEvent = async ({ id, type, payload, origin }: Delivery, about: Logger) => {
    const listener = module.listeners.get(type)
    // Not settled, so the publisher's reconciler brings it again until a version that knows it is deployed.
    if (!listener) return about.warn('no handler here yet; it comes again')
    const event = { id, type, payload: listener.event.payload.parse(payload) }
    const ctx = contextFor(origin)
    const prepared = listener.prepare && (await isNew(id)) ? await listener.prepare(event, ctx as never) : undefined
    await database.withTx(origin, async (tx) => {
      const [first] = await tx
        .insert(inbox)
        .values({ id, type, state: 'done' })
        .onConflictDoUpdate(revive)
        .returning({ id: inbox.id })
      if (first) await listener.handle(event, { tx, prepared: prepared as never }, ctx as never)
    })
  }

  const runJob = async (delivery: Delivery, about: Logger) => {
    const job = module.jobs.get(delivery.type)
    if (!job) return about.warn('no such job here yet; it comes again')
    if (!(await isNew(delivery.id))) return
    await job.run(job.payload.parse(delivery.payload), contextFor(delivery.origin) as never)
    await record(delivery, { state: 'done' })
  }

  const isNew = async (id: string) =>
    (
      await database.db
        .select({ id: inbox.id })
        .from(inbox)
        .where(and(eq(inbox.id, id), eq(inbox.state, 'done')))
    ).length === 0

  const record = async ({ id, type }: Delivery, outcome: { state: 'done' | 'dead'; error?: string }) => {
    await database.db
      .insert(inbox)
      .values({ id, type, ...outcome })
      .onConflictDoUpdate({ ...revive, set: { ...outcome, error: outcome.error ?? null, handledAt: sql`now()` } })
  }

  const { others: plain, lanes: laned } = queuesOf(module)
  const lanes = laned.map(({ name, lane }) =>
    queues.openWorker(name, {
      concurrency: lane.concurrency ?? concurrency,
      handle,
      ...(lane.limit && { limit: lane.limit(config as never) }),
    }),
  )
  const others = plain.map((name) => queues.openWorker(name, { concurrency, handle }))
  const workers = [...others, ...lanes]

  return {
    async close() {
      await Promise.allSettled(workers.map((worker) => worker.close()))
    },
  }
}

/** The queues that a module's workers take from. */
export function queuesOf(module: Module) {
  const lanes = lanesOf(module.name, module.jobs.values()).map((lane) => ({ name: laneQueue(module.name, lane), lane }))
  // A job that has a lane by now may stand among the others, where a version without it put it.
  const others = [
    ...(module.listeners.size > 0 ? [queueName(module.name, 'event')] : []),
    ...(module.jobs.size + module.schedules.size > 0 ? [queueName(module.name, 'job')] : []),
  ]
  return { others, lanes, names: [...others, ...lanes.map(({ name }) => name)] }
}

/** Whence that comes which is promised while this is handled. */
function originOfWork({ id, kind, type, origin }: Delivery, module: string): Origin {
  // From the same request, by way of this.
  if (kind !== 'schedule') return { ...origin, causeId: id }
  // Every run has an id of its own, which its attempts share: the queue's, that ends with when it was due.
  return { ...origin, requestId: `${origin.requestId}-${id.split(':').at(-1)}`, operation: `${module}.${type}` }
}

/** A queue that loses everything loses its schedules, too: they are made again this often. */
const SCHEDULES_EVERY = 60_000

/** Keeps the queue's schedules exactly the module's: what a former version had goes, what a flush took comes back. */
export function keepSchedules(module: Module, queues: QueueBackend, log: Logger) {
  const queue = queues.openQueue(queueName(module.name, 'schedule'))
  const schedules = [...module.schedules.values()].map(({ name, cron }) => ({
    name,
    cron,
    delivery: {
      kind: 'schedule' as const,
      type: name,
      payload: null,
      origin: { requestId: `schedule-${name}`, traceparent: '' },
    },
  }))
  let running: Promise<void> | undefined
  const keep = () => {
    running ??= queue
      .schedule(schedules)
      .catch((error: unknown) =>
        log.warn({ error: summarizeError(error) }, 'schedules could not be made; it is tried again'),
      )
      .finally(() => {
        running = undefined
      })
  }
  const timer = setInterval(keep, SCHEDULES_EVERY)
  keep()
  return {
    async close() {
      clearInterval(timer)
      await queue.close()
    },
  }
}
