import type { Limit } from './lanes.ts'
import type { Logger } from './logging.ts'
import type { Origin } from './tables.ts'

/** What travels through a queue. The id of a delivery is the id of its event or job, and of the queue's job. */
export interface Delivery {
  id: string
  kind: 'event' | 'job' | 'schedule'
  type: string
  payload: unknown
  origin: Origin
}

export interface Attempt {
  /** How often it failed before, and how often it was started, killed workers included. */
  failed: number
  started: number
  last: boolean
  /** In a lane with a limit: `RetryLater` is no failure there. */
  mayWait: boolean
}

/** In a lane lower numbers go first. */
export type Sent = Delivery & { priority?: number | undefined }

/** What is in a queue now. */
export interface QueueDepth {
  /** That a worker could take now: waiting, with or without a priority, or delayed until a moment that has passed. */
  due: number
  delayed: number
  active: number
  /** Milliseconds since the oldest that waits was put in; 0 when none does. */
  lag: number
}

export interface Queue {
  /** Adds in one round trip; an id that is still in the queue is not added twice. */
  add(deliveries: readonly Sent[]): Promise<void>
  /** Makes the queue's schedules exactly these. */
  schedule(schedules: readonly { name: string; cron: string; delivery: Omit<Delivery, 'id'> }[]): Promise<void>
  depth(): Promise<QueueDepth>
  close(): Promise<void>
}

export interface Worker {
  close(): Promise<void>
}

export interface WorkOptions {
  concurrency: number
  /** What all workers of the queue take together. `handle` may throw `RetryLater` then. */
  limit?: Limit
  handle: (delivery: Delivery, attempt: Attempt) => Promise<void>
}

/** Messages to every process that is up now, and nobody else: a hint, never the truth. */
export interface Signals {
  emit(channel: string, message: unknown): void
  /** Returns its own undoing. */
  on(channel: string, listen: (message: unknown) => void): () => void
  /**
   * Called whenever signals begin to be heard, at first (unless they are heard already) and after a
   * loss: what was said before was missed.
   */
  onConnect(listen: () => void): () => void
}

/** BullMQ on Redis or on PostgreSQL: what differs between the two is in queue-redis.ts and queue-postgres.ts. */
export interface QueueBackend {
  openQueue(name: string): Queue
  openWorker(name: string, options: WorkOptions): Worker
  signals: Signals
  close(): Promise<void>
}

/** Events and jobs of a module do not wait for each other, nor for those of its lanes (`laneQueue`). */
export function queueName(module: string, kind: Delivery['kind']): string {
  return kind === 'event' ? `${module}-events` : `${module}-jobs`
}

export interface QueueSettings {
  log: Logger
  /** Milliseconds before the second attempt; doubles with each further one. */
  retryDelay: number
}

export async function connectQueues(url: string, settings: QueueSettings): Promise<QueueBackend> {
  if (url.startsWith('redis')) return (await import('./queue-redis.ts')).connectRedis(url, settings)
  return (await import('./queue-postgres.ts')).connectPostgres(url, settings)
}
