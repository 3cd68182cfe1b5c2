import { randomUUID } from 'node:crypto'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import type { DataItem, Subject } from '@lightpress/protocol'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type Database } from '../src/db.ts'
import { createLogger } from '../src/logging.ts'
import { migrate } from '../src/migrate.ts'
import type { ModuleContext } from '../src/module.ts'
import { dataHandlers } from '../src/data-operations.ts'
import { about, doomed, emptied, withKernelTables, type HeldData } from '../src/held-data.ts'
import { held } from './support/shelf/held-data.ts'
import { loan, reader, review, scan } from './support/shelf/schema.ts'
import { until } from './support/start.ts'

const origin = { requestId: 'test', traceparent: '' }
let test: TestDatabase
let database: Database
let ctx: ModuleContext

beforeAll(async () => {
  test = await createTestDatabase()
  const folder = new URL('./support/shelf/migrations', import.meta.url)
  await migrate([{ module: 'shelf', url: test.url, folder }])
  database = createDatabase({ url: test.url, module: 'shelf', poolSize: 4, log: createLogger('silent', 'test') })
  ctx = { db: database.db, withTx: (fn) => database.withTx(origin, fn) } as ModuleContext
})
afterAll(async () => {
  await database.close()
  await test.drop()
})

const { exportData, describeErasure, eraseData } = dataHandlers(withKernelTables('shelf', held))

describe('an export', () => {
  it('hands every row over once, however its key is made, and nobody else’s', async () => {
    const ada = await createReader({ loans: 2_500 })
    await createReader({ loans: 3 })
    const { pages, parts } = await exportAll(ada)
    const loans = parts.filter(({ name }) => name === 'loans').flatMap(({ rows }) => rows)
    expect(pages).toBeGreaterThan(3)
    expect(loans).toHaveLength(2_500)
    expect(new Set(loans.map((row) => `${row.book as string} ${row.at as string}`)).size).toBeLessThan(2_500)
    const stored = await database.db
      .select({ readerId: loan.readerId, book: loan.book, at: loan.at })
      .from(loan)
      .where(sql`${loan.readerId} = ${ada.id}`)
    const lines = (rows: unknown[]) => rows.map((row) => JSON.stringify(row)).sort()
    expect(lines(loans)).toEqual(lines(stored))
    expect(loans[0]).toEqual({ readerId: ada.id, book: expect.any(String), at: expect.stringMatching(/T.*Z$/) })
  })

  it('goes on where it was in a version that holds more', async () => {
    const ada = await createReader({ loans: 1_200, reviews: 1 })
    const { nextCursor: inLoans } = await exportData({ subject: ada, cursor: null }, ctx)
    const others = held.holdings.filter(({ name }) => name !== 'loans')
    const scans = { name: 'more scans', table: scan, person: about(() => sql`true`) }
    const newer = dataHandlers(withKernelTables('shelf', { holdings: [scans, ...held.holdings] }))
    const next = await newer.exportData({ subject: ada, cursor: inLoans }, ctx)
    expect(next.parts).toMatchObject([{ name: 'loans', rows: { length: 200 } }])
    const last = await newer.exportData({ subject: ada, cursor: next.nextCursor }, ctx)
    expect(last.parts).toMatchObject([{ name: 'reviews', rows: { length: 1 } }])
    const older = dataHandlers(withKernelTables('shelf', { holdings: others }))
    await expect(older.exportData({ subject: ada, cursor: inLoans }, ctx)).rejects.toMatchObject({
      reason: 'request.invalid',
    })
  })

  it('keeps secrets, and what is not exported, to itself', async () => {
    const ada = await createReader({ loans: 1, reviews: 1, scans: 1 })
    const { parts } = await exportAll(ada)
    expect(parts.map(({ name }) => name)).toEqual(['loans', 'reviews', 'log', 'readers'])
    expect(JSON.stringify(parts)).not.toMatch(/card/)
  })
})

describe('an erasure', () => {
  it('takes many rows in several batches, and says at each what went', async () => {
    const bob = await createReader({ loans: 2 })
    const ada = await createReader({ loans: 2_500, reviews: 2, scans: 3, logs: 4 })
    const foreseen = await describeErasure({ subjects: [ada] }, ctx)
    const { batches, items } = await eraseAll(ada)
    expect(batches.map(({ done }) => done)).toEqual([false, false, true])
    expect(items).toEqual([item('loans', 2_500), item('reviews', 2, 'emptied'), item('scans', 3), item('readers', 1)])
    const logKept = { ...item('log', 4, 'kept'), because: 'It is a log.' }
    expect(foreseen.items).toEqual([...items.slice(0, 3), logKept, ...items.slice(3)])
    expect(await describeErasure({ subjects: [ada] }, ctx)).toEqual({ items: [logKept] })
    expect((await describeErasure({ subjects: [bob] }, ctx)).items).toEqual([item('loans', 2), item('readers', 1)])
  })

  it('empties what stays, whatever is to stand there then', async () => {
    const ada = await createReader({ reviews: 3 })
    const mine = sql`${review.readerId} = ${ada.id}`
    await database.db.execute(sql`update shelf.review set author = null where reader_id = ${ada.id} and stars = 1`)
    await database.db.execute(sql`update shelf.review set stars = 0 where reader_id = ${ada.id} and stars = 2`)
    await eraseAll(ada)
    const rows = await database.db.select({ author: review.author, stars: review.stars }).from(review).where(mine)
    expect(rows).toEqual(Array.from({ length: 3 }, () => ({ author: null, stars: 0 })))
  })

  it('leaves the rows of files, which say that these are to go, and whose they were no more', async () => {
    const ada = await createReader({ scans: 2 })
    const { rows } = await database.db.execute<{ name: string }>(
      sql`select name from shelf.scan where reader_id = ${ada.id}`,
    )
    await eraseAll(ada)
    const names = sql.param(rows.map(({ name }) => name))
    const left = await database.db.execute(sql`select state, reader_id from shelf.scan where name = any(${names})`)
    expect(left.rows).toEqual(rows.map(() => ({ state: 'doomed', reader_id: null })))
  })

  it('answers a batch that comes again as it did before, and does nothing', async () => {
    const ada = await createReader({ loans: 1_500 })
    const asked = { subject: ada, erasureId: randomUUID(), batch: 0 }
    const answers = await Promise.all(Array.from({ length: 4 }, () => eraseData(asked, ctx)))
    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ items: [item('loans', 1_000)], done: false })))
    expect(await eraseData(asked, ctx)).toEqual(answers[0])
    expect(await database.db.$count(loan, sql`${loan.readerId} = ${ada.id}`)).toBe(500)
  })

  it('is one erasure’s answer and not another’s', async () => {
    const [ada, bob] = [await createReader({ loans: 1 }), await createReader({ loans: 2 })]
    const erasureId = randomUUID()
    await eraseData({ subject: ada, erasureId, batch: 0 }, ctx)
    await expect(eraseData({ subject: bob, erasureId, batch: 0 }, ctx)).rejects.toMatchObject({
      reason: 'request.idempotency_key_reused',
    })
    expect(await eraseData({ subject: bob, erasureId: randomUUID(), batch: 0 }, ctx)).toMatchObject({ done: true })
  })

  it('killed in a batch has done all of it or nothing, and goes on', async () => {
    const ada = await createReader({ loans: 2_100, reviews: 5 })
    const asked = { subject: ada, erasureId: randomUUID() }
    const first = await eraseData({ ...asked, batch: 0 }, ctx)
    const killer = new pg.Client({ connectionString: test.url })
    await killer.connect()
    try {
      await killer.query('begin')
      await killer.query('select from shelf.review where reader_id = $1 for update', [ada.id])
      // Past the loans, at the reviews.
      await eraseData({ ...asked, batch: 1 }, ctx)
      const killed = eraseData({ ...asked, batch: 2 }, ctx).catch((error: unknown) => error)
      const blocked = 'from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))'
      await until(
        async () => {
          await killer.query('select pg_stat_clear_snapshot()')
          return (await killer.query(`select pg_terminate_backend(pid) ${blocked}`)).rowCount
        },
        (count) => count === 1,
      )
      expect(await killed).toBeInstanceOf(Error)
    } finally {
      await killer.query('rollback')
      await killer.end()
    }
    expect(await database.db.$count(loan, sql`${loan.readerId} = ${ada.id}`)).toBe(100)
    expect(first).toEqual({ items: [item('loans', 1_000)], done: false })
    expect(await eraseData({ ...asked, batch: 2 }, ctx)).toEqual({
      items: [item('loans', 100), item('reviews', 5, 'emptied'), item('readers', 1)],
      done: true,
    })
  })

  it('that is foreseen for several at once counts what is about two of them once', async () => {
    const library: Subject = { kind: 'organization', id: randomUUID() }
    const ada = await createReader({ reviews: 3, libraryId: library.id })
    await createReader({ reviews: 2, libraryId: library.id })
    const { items } = await describeErasure({ subjects: [library, ada] }, ctx)
    expect(items).toEqual([item('reviews', 5), item('readers', 1, 'emptied'), item('readers', 1)])
    const done = [...(await eraseAll(library)).items, ...(await eraseAll(ada)).items]
    // Her row lost its library first, and went then.
    expect(done).toEqual([item('reviews', 5), item('readers', 2, 'emptied'), item('readers', 1)])
  })

  it('that is foreseen counts once what has the same fate either way', async () => {
    const library: Subject = { kind: 'organization', id: randomUUID() }
    const ada = await createReader({ libraryId: library.id })
    const readers = held.holdings.filter(({ name }) => name === 'readers')
    const both = readers.map((holding) => ({ ...holding, organization: about((id) => sql`library_id = ${id}`) }))
    const { describeErasure: foresee } = dataHandlers(withKernelTables('shelf', { holdings: both }))
    expect(await foresee({ subjects: [ada, library] }, ctx)).toEqual({ items: [item('readers', 1)] })
  })

  it('waits for whoever changes the subject, and has locked nothing of theirs by then', async () => {
    const ada = await createReader({ loans: 1 })
    const { eraseData: erase } = dataHandlers(
      withKernelTables('shelf', {
        ...held,
        hold: (tx, { id }) =>
          tx
            .select()
            .from(reader)
            .where(sql`${reader.id} = ${id}`)
            .for('update'),
      }),
    )
    const request = new pg.Client({ connectionString: test.url })
    await request.connect()
    try {
      // From the root to the leaves, as requests do, which ends in a deadlock with whoever goes the other way.
      await request.query('begin')
      await request.query('select from shelf.reader where id = $1 for update', [ada.id])
      const erased = erase({ subject: ada, erasureId: randomUUID(), batch: 0 }, ctx)
      await until(
        async () => (await request.query('select from pg_locks where not granted')).rowCount,
        (count) => count === 1,
      )
      await request.query('update shelf.loan set card = $2 where reader_id = $1', [ada.id, 'another'])
      await request.query('commit')
      expect(await erased).toMatchObject({ done: true })
    } finally {
      await request.end()
    }
  })

  it('tells a module that has more to do with it, together with the last rows', async () => {
    const ada = await createReader({ loans: 1_200 })
    const finished: Subject[] = []
    const { eraseData: erase } = dataHandlers(
      withKernelTables('shelf', { ...held, finish: async (_tx, subject) => void finished.push(subject) }),
    )
    const asked = { subject: ada, erasureId: randomUUID() }
    await erase({ ...asked, batch: 0 }, ctx)
    expect(finished).toEqual([])
    await erase({ ...asked, batch: 1 }, ctx)
    await erase({ ...asked, batch: 1 }, ctx)
    expect(finished).toEqual([ada])
  })
})

describe('what a module says that it holds', () => {
  const declare = (holding: Partial<HeldData['holdings'][number]>) => () =>
    dataHandlers(withKernelTables('shelf', { holdings: [{ name: 'loans', table: loan, ...holding }] }))

  it('is refused when a secret is no column, because it would be handed over', () => {
    expect(declare({ secret: ['crad'] })).toThrow('The loans have no crad')
    expect(declare({ person: about(() => undefined, emptied({ crad: null })) })).toThrow('The loans have no crad')
  })

  it('is refused when nothing tells which rows were erased, because all of them would be for ever', () => {
    const computed = doomed({ card: sql`upper(card)` })
    expect(declare({ person: about(() => undefined, computed) })).toThrow('no value that tells')
  })

  it('has a name of its own, by which exports go on', () => {
    const twice = [loan, review].map((table) => ({ name: 'loans', table }))
    expect(() => withKernelTables('shelf', { holdings: twice })).toThrow('two things of the same name')
  })

  it('is never about everybody', async () => {
    const handlers = declare({ person: about(() => undefined) })()
    await expect(handlers.describeErasure({ subjects: [person(randomUUID())] }, ctx)).rejects.toThrow(
      'A holding must say which of its rows are about somebody',
    )
  })
})

function person(id: string): Subject {
  return { kind: 'person', id }
}

function item(name: string, count: number, outcome: DataItem['outcome'] = 'deleted'): DataItem {
  return { name, count, outcome, because: null }
}

/** Several loans of a book are at one moment, and at moments that differ by less than a millisecond. */
async function createReader({ loans = 0, reviews = 0, scans = 0, logs = 0, libraryId = null as string | null }) {
  const id = randomUUID()
  const series = (count: number) => sql`generate_series(1, ${count}::int) as i`
  await database.db.execute(sql`insert into shelf.reader values (${id}, 'Ada', ${libraryId})`)
  await database.db.execute(sql`
    insert into shelf.loan select ${id}, 'Ünïcode " \\ ' || i % 7, timestamptz '2026-01-01' + i * interval '1 microsecond', 'card'
    from ${series(loans)}`)
  await database.db.execute(sql`
    insert into shelf.review select gen_random_uuid(), ${id}, ${libraryId}, 'Ada', i from ${series(reviews)}`)
  await database.db.execute(sql`insert into shelf.scan select gen_random_uuid(), ${id}, 'live' from ${series(scans)}`)
  await database.db.execute(sql`insert into shelf.log select gen_random_uuid(), ${id} from ${series(logs)}`)
  return person(id)
}

async function exportAll(subject: Subject) {
  const parts: Awaited<ReturnType<typeof exportData>>['parts'] = []
  let pages = 0
  for (let cursor: string | null = null; ; pages++) {
    const page: Awaited<ReturnType<typeof exportData>> = await exportData({ subject, cursor }, ctx)
    parts.push(...page.parts)
    cursor = page.nextCursor
    if (cursor === null) return { pages: pages + 1, parts }
  }
}

async function eraseAll(subject: Subject) {
  const erasureId = randomUUID()
  const batches: Awaited<ReturnType<typeof eraseData>>[] = []
  do batches.push(await eraseData({ subject, erasureId, batch: batches.length }, ctx))
  while (!batches.at(-1)?.done)
  const counts = new Map<string, DataItem>()
  for (const { items } of batches) {
    for (const one of items) {
      const key = `${one.name} ${one.outcome}`
      counts.set(key, { ...one, count: one.count + (counts.get(key)?.count ?? 0) })
    }
  }
  return { batches, items: [...counts.values()] }
}
