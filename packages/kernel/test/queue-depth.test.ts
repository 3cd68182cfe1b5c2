import { setTimeout as sleep } from 'node:timers/promises'
import { createTestDatabase } from '@lightpress/local'
import { afterAll, describe, expect, it } from 'vitest'
import { createLogger } from '../src/logging.ts'
import { connectQueues, type Delivery } from '../src/queues.ts'
import { migrateQueues } from '../src/queue-postgres.ts'
import { redis } from './support/redis.ts'
import { until } from './support/start.ts'

const database = await createTestDatabase()
await migrateQueues(database.url)
afterAll(async () => {
  await database.drop()
  await redis?.stop()
})

const backends = [['PostgreSQL', database.url] as const, ...(redis ? [['Redis', redis.url] as const] : [])]

describe.each(backends)('the depth of a queue on %s', (_, url) => {
  const settings = { log: createLogger('silent', 'test'), retryDelay: 3_000 }
  const delivery = (): Delivery => ({
    ...{ id: crypto.randomUUID(), kind: 'job', type: 'any', payload: {} },
    origin: { requestId: 'depth', traceparent: '' },
  })

  it('is what waits, with the age of the oldest, whatever its priority', async () => {
    const queues = await connectQueues(url, settings)
    const queue = queues.openQueue('deep')
    expect(await queue.depth()).toEqual({ due: 0, delayed: 0, active: 0, lag: 0 })
    await queue.add([delivery()])
    await sleep(300)
    await queue.add([delivery(), { ...delivery(), priority: 2 }])
    const depth = await queue.depth()
    expect(depth).toMatchObject({ due: 3, delayed: 0, active: 0 })
    expect(depth.lag).toBeGreaterThanOrEqual(300)
    expect(depth.lag).toBeLessThan(10_000)
    await queue.close()
    await queues.close()
  })

  it('has in it what is delayed once its moment has passed, and not before', async () => {
    const queues = await connectQueues(url, settings)
    const queue = queues.openQueue('delayed')
    let failed = 0
    const worker = queues.openWorker('delayed', {
      concurrency: 1,
      handle: async () => {
        failed++
        throw new Error('not yet')
      },
    })
    await queue.add([delivery()])
    await until(
      () => failed,
      (count) => count === 1,
    )
    await worker.close()
    const at = await until(
      () => queue.depth(),
      ({ delayed, due }) => delayed + due === 1,
    )
    expect([at.delayed, at.due]).toEqual([1, 0])
    const later = await until(
      () => queue.depth(),
      ({ due }) => due === 1,
    )
    expect(later).toMatchObject({ due: 1, delayed: 0 })
    await queue.close()
    await queues.close()
  })
})
