import { RateLimitError, withBackend, type BackendFactory, type IQueueBackend, type Job } from 'bullmq'
import { setTimeout as sleep } from 'node:timers/promises'
import { RetryLater } from './lanes.ts'
import type { Attempt, Delivery, Queue, QueueDepth, QueueSettings, Worker, WorkOptions } from './queues.ts'

/** What is the same on both backends. */
export interface BullOptions<C> extends QueueSettings {
  connection: C
  factory: BackendFactory<IQueueBackend, C>
  prefix?: string
  /** Batches up to this size are added one by one; for a backend whose bulk insert is dear. */
  oneByOne?: number
  /** Puts a job that failed behind those that wait by then, where the backend would leave it where it was. */
  toTheBack?: (queue: string, id: string) => Promise<void>
  /** When the oldest that waits was put in, where the backend cannot be asked for it: it lists the newest first. */
  oldestAt?: (queue: string) => Promise<number>
}

/** `postponed`: how often its vendor said to come back later, which starts it again each time. */
type Body = Omit<Delivery, 'id'> & { postponed?: number }

const ATTEMPTS = 10

/** Milliseconds: a vendor that wants to be left alone for longer is asked before. */
const LONGEST_PAUSE = 15 * 60_000

/** Milliseconds that a queue may take for a batch, and to say goodbye. */
const SEND = 5_000
const CLOSE = 3_000

/**
 * Waits of 1, 2, 4 … times `retryDelay`, with jitter: at a second, ten attempts take about eight minutes. Done and
 * dead jobs leave the queue at once, because the inbox is what remembers them.
 */
const jobOptions = (retryDelay: number) =>
  ({
    attempts: ATTEMPTS,
    backoff: { type: 'exponential', delay: retryDelay, jitter: 0.5 },
    removeOnComplete: true,
    removeOnFail: true,
  }) as const

/**
 * A killed worker's job is back after at most `lockDuration` + `stalledInterval`. Being killed is not the
 * job's failure, so it may stall often; `attempt.started` is what stops a job that kills its workers.
 */
const workerOptions = { lockDuration: 6_000, stalledInterval: 3_000, maxStalledCount: 1_000 } as const

export function openQueue<C>(
  name: string,
  { connection, factory, log, retryDelay, prefix, oneByOne = 0, oldestAt }: BullOptions<C>,
): Queue {
  const { Queue } = withBackend(factory)
  const queue = new Queue<Body, void, string>(name, {
    connection,
    ...(prefix && { prefix }),
    defaultJobOptions: jobOptions(retryDelay),
  })
  queue.on('error', (error) => log.warn({ queue: name, error: error.message }, 'the queue cannot be reached'))
  return {
    async add(deliveries) {
      const jobs = deliveries.map(({ id, priority, ...data }) => {
        return { name: data.type, data, opts: { jobId: id, ...(priority && { priority }) } }
      })
      // Added late after all, a delivery is not taken twice: the queue knows its id, and the inbox behind it.
      await within(
        SEND,
        jobs.length <= oneByOne
          ? Promise.all(jobs.map(({ name: type, data, opts }) => queue.add(type, data, opts)))
          : queue.addBulk(jobs),
      )
    },
    async schedule(schedules) {
      const wanted = new Set(schedules.map((schedule) => schedule.name))
      for (const { key } of await queue.getJobSchedulers()) if (!wanted.has(key)) await queue.removeJobScheduler(key)
      for (const { name: id, cron, delivery } of schedules) {
        await queue.upsertJobScheduler(
          id,
          { pattern: cron, tz: 'UTC' },
          { name: delivery.type, data: delivery, opts: jobOptions(retryDelay) },
        )
      }
    },
    depth: () =>
      within(
        SEND,
        readDepth(queue, () => (oldestAt ? oldestAt(name) : firstAt(queue))),
      ),
    close: () => within(CLOSE, queue.close()).catch(() => undefined),
  }
}

/** What of a queue tells what is in it. */
interface Counted {
  getJobCounts(...types: ('waiting' | 'prioritized' | 'delayed' | 'active')[]): Promise<Record<string, number>>
  getDelayedCount(timestamp?: number): Promise<number>
  getJobs(
    types: ('waiting' | 'prioritized')[],
    start: number,
    end: number,
    ascending: boolean,
  ): Promise<{ timestamp: number }[]>
}

async function readDepth(queue: Counted, oldestAt: () => Promise<number>): Promise<QueueDepth> {
  const now = Date.now()
  const counts = await queue.getJobCounts('waiting', 'prioritized', 'delayed', 'active')
  const { waiting = 0, prioritized = 0, delayed = 0, active = 0 } = counts
  const overdue = delayed === 0 ? 0 : await queue.getDelayedCount(now)
  const lag = waiting + prioritized === 0 ? 0 : Math.max(0, now - (await oldestAt()))
  return { due: waiting + prioritized + overdue, delayed: delayed - overdue, active, lag }
}

/** Of those with a priority it is the first that is the most urgent, and about the oldest of these. */
async function firstAt(queue: Counted): Promise<number> {
  const first = await queue.getJobs(['waiting', 'prioritized'], 0, 0, true)
  return Math.min(Date.now(), ...first.map(({ timestamp }) => timestamp))
}

export function openWorker<C>(
  name: string,
  { concurrency, handle, limit }: WorkOptions,
  { connection, factory, log, retryDelay, prefix, toTheBack }: BullOptions<C>,
): Worker {
  const { Queue, Worker } = withBackend(factory)
  const lane = limit && new Queue<Body, void, string>(name, { connection, ...(prefix && { prefix }) })
  lane?.on('error', (error) => log.warn({ queue: name, error: error.message }, 'the queue cannot be reached'))
  const busy = new Set<Promise<void>>()
  const process = (job: Job<Body, void, string>) => {
    const { postponed: _, ...data } = job.data
    const handled = handle({ id: job.id ?? '', ...data }, attemptOf(job, limit !== undefined))
    // Only what is done here is waited for at the end, not what the queue is told of it: the queue may be away.
    const ended = handled.catch(() => undefined).finally(() => busy.delete(ended))
    busy.add(ended)
    return handled.catch((error: unknown) => refuse(job, error))
  }
  /** Says how it goes on with what was not done: by throwing. */
  const refuse = async (job: Job<Body, void, string>, error: unknown) => {
    if (lane && error instanceof RetryLater) {
      await job.updateData({ ...job.data, postponed: (job.data.postponed ?? 0) + 1 })
      // Not at once, whatever the vendor says, and not as late as it may say by mistake.
      const pause = Math.ceil(Math.min(Math.max(error.milliseconds, retryDelay), LONGEST_PAUSE))
      // What it said to another job meanwhile holds as well.
      await lane.rateLimit(Math.max(await lane.getRateLimitTtl(), pause))
      throw new RateLimitError()
    }
    await toTheBack?.(name, job.id ?? '')
    throw error
  }
  const worker = new Worker<Body, void, string>(name, process, {
    connection,
    ...(prefix && { prefix }),
    concurrency,
    ...(limit && { limiter: { max: limit.max, duration: limit.milliseconds } }),
    ...workerOptions,
  })
  worker.on('error', (error) => log.warn({ queue: name, error: error.message }, 'the worker cannot reach its queue'))
  return {
    // BullMQ's own close waits for its queue to answer, which may be away; we wait for the work.
    async close() {
      const closed = worker.close()
      await Promise.race([closed, Promise.allSettled(busy).then(() => sleep(CLOSE, undefined, { ref: false }))])
      if (lane) await within(CLOSE, lane.close()).catch(() => undefined)
    },
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const late = sleep(milliseconds, undefined, { ref: false }).then(() => {
    throw new Error(`the queue did not answer within ${milliseconds} ms`)
  })
  return Promise.race([work, late])
}

function attemptOf(job: Job<Body, void, string>, mayWait: boolean): Attempt {
  const failed = job.attemptsMade
  const started = job.attemptsStarted - (job.data.postponed ?? 0)
  return { failed, started, last: failed + 1 >= (job.opts.attempts ?? 1), mayWait }
}
