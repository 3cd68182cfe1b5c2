import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
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
})

it('a PostgreSQL that comes later than the process is worked with all the same', async () => {
  const database = await createTestDatabase()
  await migrateQueues(database.url)
  const door = await openDoor(database.url)
  const queues = connectPostgres(door.url, { log: createLogger('silent', 'test'), retryDelay: 5 })
  let taken = 0
  const worker = queues.openWorker('late', { concurrency: 1, handle: async () => void taken++ })
  const queue = queues.openQueue('late')
  const origin = { requestId: 'late', traceparent: '' }
  const delivery: Delivery = { id: crypto.randomUUID(), kind: 'job', type: 'any', payload: {}, origin }
  try {
    await until(door.refused, (count) => count >= 3)
    // Whoever waits asks now and then, and not as fast as it can.
    expect(door.refused()).toBeLessThan(20)
    door.open()
    await queue.add([delivery])
    await until(
      () => taken,
      (count) => count === 1,
    )
  } finally {
    await Promise.all([worker, queue].map((one) => one.close()))
    await queues.close()
    door.close()
    await database.drop()
  }
})

/** Leads to a database, once it is open. */
async function openDoor(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl)
  let isOpen = false
  let refused = 0
  const server = createServer((socket) => {
    if (!isOpen) {
      refused++
      return void socket.destroy()
    }
    const inside = connect(Number(port), hostname)
    for (const end of [socket, inside]) end.on('error', () => undefined)
    socket.pipe(inside).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url: url.href, refused: () => refused, open: () => void (isOpen = true), close: () => void server.close() }
}
