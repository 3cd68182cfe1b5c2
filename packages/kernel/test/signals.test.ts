import { createTestDatabase } from '@lightpress/local'
import { Redis } from 'ioredis'
import pg from 'pg'
import { afterAll, describe, it } from 'vitest'
import { createLogger } from '../src/logging.ts'
import { connectPostgres } from '../src/queue-postgres.ts'
import { connectRedis } from '../src/queue-redis.ts'
import type { QueueBackend } from '../src/queues.ts'
import { redis } from './support/redis.ts'
import { until } from './support/start.ts'

const settings = { log: createLogger('silent', 'test'), retryDelay: 5 }

afterAll(() => redis?.stop())

/**
 * Whoever remembers what was said to be another has to know from when on it hears: at first, and again after a loss.
 * `cut` ends the connection on which it listens.
 */
async function expectToKnow({ signals }: QueueBackend, cut: () => Promise<unknown>) {
  let connects = 0
  const heard: unknown[] = []
  signals.onConnect(() => connects++)
  signals.on('channel', (message) => heard.push(message))
  for (const time of [1, 2]) {
    await until(
      () => connects,
      (count) => count === time,
    )
    await until(
      () => {
        // A hint: it may be lost.
        signals.emit('channel', time)
        return heard
      },
      (messages) => messages.includes(time),
    )
    await cut()
  }
}

describe('who listens to signals is told when they begin to be heard, and again after a loss', () => {
  it('on PostgreSQL', async () => {
    const database = await createTestDatabase()
    const admin = new pg.Client(database.url)
    await admin.connect()
    const queues = connectPostgres(database.url, settings)
    try {
      await expectToKnow(queues, () =>
        admin.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'lightpress-signals' and datname = current_database()`,
        ),
      )
    } finally {
      await admin.end()
      await queues.close()
      await database.drop()
    }
  })

  it('on Redis', { skip: !redis }, async () => {
    const queues = connectRedis(redis?.url ?? '', settings)
    const admin = new Redis(redis?.url ?? '')
    try {
      await expectToKnow(queues, () => admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub'))
    } finally {
      admin.disconnect()
      await queues.close()
    }
  })
})
