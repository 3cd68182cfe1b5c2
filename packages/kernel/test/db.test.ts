import { randomInt } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { AppError, isAppError } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { afterCommit, createDatabase, isUniqueViolation, translateDatabaseError, type Database } from '../src/db.ts'
import { createLogger } from '../src/logging.ts'
import { migrate } from '../src/migrate.ts'
import { ping } from './support/modules.ts'
import { counter } from './support/ping/schema.ts'

const origin = { requestId: 'test', traceparent: '' }
let test: TestDatabase
let database: Database

beforeAll(async () => {
  test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  database = createDatabase({ url: test.url, module: 'ping', poolSize: 8, log: createLogger('silent', 'test') })
})
afterAll(async () => {
  await database.close()
  await test.drop()
})

const countOf = async (name: string) =>
  (await database.db.select().from(counter).where(eq(counter.name, name)))[0]?.count

describe('withTx', () => {
  it('commits what resolves and runs what waits for the commit', async () => {
    const seen: (number | undefined)[] = []
    await database.withTx(origin, async (tx) => {
      afterCommit(tx, 'look', () => void countOf('a').then((value) => seen.push(value)))
      await tx.insert(counter).values({ name: 'a', count: 1 })
    })
    await expect.poll(() => seen).toEqual([1])
  })

  it('rolls back what throws, keeps the error, and runs nothing', async () => {
    let ran = false
    const refused = database.withTx(origin, async (tx) => {
      afterCommit(tx, 'never', () => void (ran = true))
      await tx.insert(counter).values({ name: 'b', count: 1 })
      throw new AppError('conflict', 'ping.no', 'No.')
    })
    await expect(refused).rejects.toMatchObject({ reason: 'ping.no' })
    expect(await countOf('b')).toBeUndefined()
    expect(ran).toBe(false)
  })

  it('fails when a statement failed and somebody swallowed it', async () => {
    const swallowed = database.withTx(origin, async (tx) => {
      await tx.insert(counter).values({ name: 'c', count: 1 })
      await tx.execute(sql`select 1/0`).catch(() => undefined)
    })
    await expect(swallowed).rejects.toThrow(/rolled back/)
    expect(await countOf('c')).toBeUndefined()
  })

  it('does not nest', async () => {
    await expect(database.withTx(origin, () => database.withTx(origin, async () => 1))).rejects.toThrow(/open already/)
  })

  it('tells a unique violation apart', async () => {
    await database.db.insert(counter).values({ name: 'd', count: 1 })
    const error: unknown = await database
      .withTx(origin, (tx) => tx.insert(counter).values({ name: 'd', count: 2 }))
      .catch((reason: unknown) => reason)
    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(error, 'another')).toBe(false)
  })
})

describe('connections that end again and again under load', () => {
  it('cost nothing but errors that say so: no hang, no half transaction, no wrong answer', async () => {
    const killer = new pg.Client({ connectionString: test.url })
    await killer.connect()
    let running = true
    let kills = 0
    const kill = async () => {
      while (running) {
        const { rowCount } = await killer.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'lightpress-ping' and datname = current_database() order by random() limit 1",
        )
        kills += rowCount ?? 0
        await new Promise((resolve) => setTimeout(resolve, randomInt(20, 80)))
      }
    }
    const outcomes = { done: 0, unavailable: 0, other: [] as unknown[] }
    const work = async (worker: number) => {
      for (let round = 0; running; round++) {
        const name = `${worker}-${round}`
        try {
          await database.withTx(origin, async (tx) => {
            await tx.insert(counter).values({ name: `${name}-one`, count: round })
            await tx.insert(counter).values({ name: `${name}-two`, count: round })
          })
          const [own] = await database.db
            .select()
            .from(counter)
            .where(eq(counter.name, `${name}-one`))
          if (own?.count !== round) throw new TypeError(`${name} read somebody else's row: ${JSON.stringify(own)}`)
          outcomes.done++
        } catch (error) {
          const translated = translateDatabaseError(error)
          if (isAppError(translated) && translated.code === 'unavailable') outcomes.unavailable++
          else outcomes.other.push(error)
        }
      }
    }
    const all = Promise.all([kill(), ...Array.from({ length: 16 }, (_, worker) => work(worker))])
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    running = false
    await all
    await killer.end()
    expect(kills).toBeGreaterThan(20)
    expect(outcomes.done).toBeGreaterThan(100)
    expect(outcomes.unavailable).toBeGreaterThan(0)
    expect(outcomes.other).toEqual([])
    const { rows } = await database.db.execute(
      sql`select count(*)::int as odd from (select regexp_replace(name, '-(one|two)$', '') as pair, count(*) from ping.counter where name ~ '-(one|two)$' group by 1 having count(*) <> 2) halves`,
    )
    expect(rows).toEqual([{ odd: 0 }])
  })
})
