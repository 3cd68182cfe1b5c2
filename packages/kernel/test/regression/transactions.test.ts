import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { AppError } from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { afterCommit, createDatabase, insideTransaction, type Database, type Tx } from '../../src/db.ts'
import { once } from '../../src/idempotency.ts'
import { createLogger } from '../../src/logging.ts'
import { migrate } from '../../src/migrate.ts'
import { publish } from '../../src/outbox.ts'
import { happened } from '../support/contracts.ts'
import { ping } from '../support/modules.ts'

const origin = { requestId: 'test', traceparent: '' }
let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  database = createDatabase({ url: test.url, module: 'ping', poolSize: 1, log: createLogger('silent', 'test') })
})
afterAll(async () => {
  await database.close()
  await test.drop()
})

const backend = async () => (await database.db.execute(sql`select pg_backend_pid() as pid`)).rows[0]?.pid

it('work left behind in a transaction is outside once it has ended', async () => {
  let late: (() => boolean) | undefined
  await database.withTx(origin, async () => {
    late = await new Promise((resolve) => setTimeout(() => resolve(() => insideTransaction()), 1))
  })
  const inside = await new Promise((resolve) => setTimeout(() => resolve(late?.()), 1))
  expect(inside).toBe(false)
})

it('a transaction that was kept cannot be used in another one', async () => {
  let kept: Tx | undefined
  await database.withTx(origin, async (tx) => void (kept = tx))
  await expect(publish(kept as Tx, happened, { note: 'late' })).rejects.toThrow(/open transaction/)
})

it('an effect that fails after the commit does not undo it for the caller', async () => {
  const result = await database.withTx(origin, async (tx) => {
    afterCommit(tx, 'fails', () => {
      throw new Error('too late')
    })
    return 'committed'
  })
  expect(result).toBe('committed')
})

it('an error of ours or of PostgreSQL costs no connection', async () => {
  const before = await backend()
  await database
    .withTx(origin, async () => Promise.reject(new AppError('conflict', 'ping.no', 'No.')))
    .catch(() => undefined)
  await database.withTx(origin, (tx) => tx.execute(sql`select 1/0`)).catch(() => undefined)
  expect(await backend()).toBe(before)
})

it('a command that answers nothing can be repeated', async () => {
  const ctx = {
    caller: { identity: null, apiKey: null, service: null },
    request: { ...origin, ip: null, userAgent: null, idempotencyKey: 'k' },
  }
  let runs = 0
  const effect = async () => void runs++
  for (let time = 0; time < 2; time++) {
    await database.withTx(origin, (tx) => once(tx, { operation: 'nothing', input: {}, effect }, ctx))
  }
  expect(runs).toBe(1)
})
