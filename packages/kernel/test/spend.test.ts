import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type Database, type Tx } from '../src/db.ts'
import { createLogger } from '../src/logging.ts'
import { migrate } from '../src/migrate.ts'
import { spendWithin } from '../src/spend.ts'
import { ping } from './support/modules.ts'
import { counter } from './support/ping/schema.ts'

const origin = { requestId: 'test', traceparent: '' }
const log = createLogger('silent', 'test')
let test: TestDatabase
/** Two processes, each with connections of its own. */
let processes: [Database, Database]

beforeAll(async () => {
  test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const open = () => createDatabase({ url: test.url, module: 'ping', poolSize: 8, log })
  processes = [open(), open()]
})
afterAll(async () => {
  for (const process of processes) await process.close()
  await test.drop()
})

const countOf = async (db: Tx | Database['db'], name: string) =>
  (await db.select().from(counter).where(eq(counter.name, name)))[0]?.count ?? 0

/** How many advisory locks of this database are held, or waited for. */
async function countLocks({ db }: Database, { granted }: { granted: boolean }) {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from pg_locks where locktype = 'advisory' and granted = ${granted} and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0]?.count
}

/** Spends of `name` and writes it down, unless it is refused; the time in between makes races likely. */
async function spend(tx: Tx, { name, limit, quantity = 1 }: { name: string; limit: number | null; quantity?: number }) {
  const fits = await spendWithin(tx, { of: name, limit, quantity, used: () => countOf(tx, name) })
  if (!fits) return false
  const before = await countOf(tx, name)
  await tx.execute(sql`select pg_sleep(0.005)`)
  await tx
    .insert(counter)
    .values({ name, count: quantity })
    .onConflictDoUpdate({ target: counter.name, set: { count: before + quantity } })
  return true
}

describe('spending within a limit', () => {
  it('is everything that fits, and nothing beyond it, in two processes at once', async () => {
    const tries = Array.from({ length: 40 }, (_, at) =>
      processes[at % 2 === 0 ? 0 : 1].withTx(origin, (tx) => spend(tx, { name: 'shared', limit: 10 })),
    )
    expect((await Promise.all(tries)).filter((spent) => spent)).toHaveLength(10)
    expect(await countOf(processes[0].db, 'shared')).toBe(10)
  })

  it('takes a quantity as a whole or not at all', async () => {
    const [{ withTx, db }] = processes
    const about = { name: 'whole', limit: 10 }
    const one = (quantity: number) => withTx(origin, (tx) => spend(tx, { ...about, quantity }))
    expect([await one(8), await one(3), await one(2), await one(1)]).toEqual([true, false, true, false])
    expect(await countOf(db, 'whole')).toBe(10)
  })

  it('is free again when the transaction rolls back', async () => {
    const [{ withTx }] = processes
    const about = { name: 'freed', limit: 1 }
    let spent = () => {}
    const held = new Promise<void>((resolve) => (spent = resolve))
    const failed = withTx(origin, async (tx) => {
      expect(await spend(tx, about)).toBe(true)
      spent()
      await expect.poll(() => countLocks(processes[0], { granted: false })).toBe(1)
      throw new Error('no')
    })
    await Promise.race([held, failed])
    const waiting = processes[1].withTx(origin, (tx) => spend(tx, about))
    await expect(failed).rejects.toThrow('no')
    expect(await waiting).toBe(true)
  })

  it('keeps nobody waiting who spends of something else, or without a limit', async () => {
    const [{ withTx }, other] = processes
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const holding = withTx(origin, async (tx) => {
      await spend(tx, { name: 'held', limit: 10 })
      await held
    })
    try {
      await expect.poll(() => countLocks(other, { granted: true })).toBe(1)
      expect(await other.withTx(origin, (tx) => spend(tx, { name: 'another', limit: 1 }))).toBe(true)
      const counted = await other.withTx(origin, async (tx) => {
        const used = () => Promise.reject(new Error('nobody counts without a limit'))
        expect(await spendWithin(tx, { of: 'held', limit: null, used })).toBe(true)
        return countLocks(other, { granted: true })
      })
      expect(counted).toBe(1)
    } finally {
      release()
      await holding
    }
  })

  it('refuses to be asked outside a transaction', async () => {
    const [{ db }] = processes
    const asked = spendWithin(db as Tx, { of: 'x', limit: 1, used: async () => 0 })
    await expect(asked).rejects.toThrow('Not an open transaction')
  })

  it.each([-1, 0.5, NaN])('takes no quantity that could be more than it looks: %d', async (quantity) => {
    const [{ withTx }] = processes
    const asked = withTx(origin, (tx) => spendWithin(tx, { of: 'x', limit: 1, quantity, used: async () => 0 }))
    await expect(asked).rejects.toThrow(TypeError)
  })
})
