import { createRedisBackend } from 'bullmq'
import { Redis } from 'ioredis'
import { openQueue, openWorker } from './bullmq.ts'
import type { Logger } from './logging.ts'
import type { QueueBackend, QueueSettings, Signals } from './queues.ts'
import { createEmitter } from './signals.ts'

const PREFIX = 'lightpress'
const CHANNEL = 'lightpress.signals'

/** Queues on Redis or Valkey (`maxmemory-policy noeviction`), signals by publish/subscribe. */
export function connectRedis(url: string, settings: QueueSettings): QueueBackend {
  const { log } = settings
  const connect = (options: {
    maxRetriesPerRequest: number | null
    enableOfflineQueue?: boolean
    commandTimeout?: number
    autoResubscribe?: boolean
  }) => {
    // A connection that swallows what it is sent is replaced; BullMQ's blocking reads last ten seconds at most.
    const redis = new Redis(url, {
      ...options,
      socketTimeout: 15_000,
      retryStrategy: (times) => Math.min(times * 100, 1_000),
    })
    redis.on('error', (error: Error) => log.warn({ error: error.message }, 'Redis cannot be reached'))
    return redis
  }
  // Producers fail at once when Redis is away (the outbox keeps what they carry); workers wait for it.
  const producer = connect({ maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 5_000 })
  const consumer = connect({ maxRetriesPerRequest: null })
  const subscriber = connect({ maxRetriesPerRequest: null, autoResubscribe: false })

  return {
    openQueue: (name) =>
      openQueue(name, { connection: producer, factory: createRedisBackend, prefix: PREFIX, ...settings }),
    openWorker: (name, options) =>
      openWorker(name, options, { connection: consumer, factory: createRedisBackend, prefix: PREFIX, ...settings }),
    signals: redisSignals(producer, subscriber, log),
    async close() {
      for (const redis of [producer, consumer, subscriber]) redis.disconnect()
    },
  }
}

function redisSignals(producer: Redis, subscriber: Redis, log: Logger): Signals {
  const emitter = createEmitter((text) => producer.publish(CHANNEL, text), log)
  subscriber.on('message', (_channel, text) => emitter.receive(text))
  // After every loss as well: the client's own way does not say when Redis has taken it, nor that it has not.
  subscriber.on('ready', () => {
    subscriber
      .subscribe(CHANNEL)
      .then(emitter.connected, (error: Error) => log.warn({ error: error.message }, 'signals cannot be heard'))
  })
  return emitter.signals
}
