import { createTestDatabase } from '@lightpress/local'
import { expect, it } from 'vitest'
import { createLogger } from '../src/logging.ts'
import { connectPostgres, migrateQueues } from '../src/queue-postgres.ts'
import type { Delivery } from '../src/queues.ts'
import { until } from './support/start.ts'

it('a process with many workers has connections left to send and to take with', async () => {
  const database = await createTestDatabase()
  await migrateQueues(database.url)
  const queues = connectPostgres(database.url, { log: createLogger('silent', 'test'), retryDelay: 5 })
  const names = Array.from({ length: 20 }, (_, index) => `many-${index}`)
  const taken = new Set<string>()
  const workers = names.map((name) =>
    queues.openWorker(name, { concurrency: 1, handle: async () => void taken.add(name) }),
  )
  const opened = names.map((name) => queues.openQueue(name))
  try {
    const origin = { requestId: 'many', traceparent: '' }
    const delivery = (): Delivery => ({ id: crypto.randomUUID(), kind: 'job', type: 'any', payload: {}, origin })
    for (const queue of opened) await queue.add([delivery()])
    await until(
      () => taken.size,
      (count) => count === names.length,
    )
    expect(taken.size).toBe(names.length)
  } finally {
    await Promise.all([...workers, ...opened].map((one) => one.close()))
    await queues.close()
    await database.drop()
  }
}, 60_000)
