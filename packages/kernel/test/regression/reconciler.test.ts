import { createTestDatabase } from '@lightpress/local'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createDatabase } from '../../src/db.ts'
import { createLogger } from '../../src/logging.ts'
import { migrate } from '../../src/migrate.ts'
import { startReconciler } from '../../src/reconciler.ts'
import { ping } from '../support/modules.ts'
import { until } from '../support/start.ts'

it('a listener that cannot be reached keeps no other waiting', async () => {
  const test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const log = createLogger('silent', 'test')
  const database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
  const rows = (listener: string, count: number) => sql`
    insert into ping.outbox (id, listener, kind, type, payload, origin, state, published_at)
    select gen_random_uuid(), ${listener}, 'event', 'ping.thing.happened.v1', '{}', '{}', 'published', now() - interval '20 seconds'
    from generate_series(1, ${count})`
  await database.db.execute(rows('down', 1_500))
  await database.db.execute(rows('up', 2_500))
  const ask = async (listener: string, ids: string[]) => {
    if (listener === 'down') throw new Error('nobody there')
    return { states: Object.fromEntries(ids.map((id) => [id, 'done' as const])) }
  }
  const reconciler = startReconciler({ module: 'ping', untilDone: new Set(), database, ask, log })
  const doneOf = async () =>
    Number((await database.db.execute(sql`select count(*) from ping.outbox where state = 'done'`)).rows[0]?.count)
  try {
    await until(doneOf, (count) => count === 2_500, 20_000)
    expect(await doneOf()).toBe(2_500)
  } finally {
    await reconciler.close()
    await database.close()
    await test.drop()
  }
})

it('a job that must be done is sent again after its last attempt, and no other is', async () => {
  const test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const log = createLogger('silent', 'test')
  const database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
  await database.db.execute(sql`
    insert into ping.outbox (id, listener, kind, type, payload, origin, state, published_at)
    select gen_random_uuid(), 'ping', kind, type, '{}', '{}', 'published', now() - ago * interval '1 minute'
    from (values ('job', 'must', 6), ('job', 'must', 4), ('job', 'may', 6), ('event', 'must', 6)) as row (kind, type, ago)`)
  const ask = async (_listener: string, ids: string[]) => ({
    states: Object.fromEntries(ids.map((id) => [id, 'dead' as const])),
  })
  const reconciler = startReconciler({ module: 'ping', untilDone: new Set(['must']), database, ask, log })
  const states = async () => {
    const { rows } = await database.db.execute(
      sql`select concat_ws(' ', kind, type, state) as row from ping.outbox order by kind, type, published_at`,
    )
    return rows.map(({ row }) => row)
  }
  try {
    await until(states, (rows) => !rows.includes('event must published'), 20_000)
    expect(await states()).toEqual(['event must dead', 'job may dead', 'job must pending', 'job must published'])
  } finally {
    await reconciler.close()
    await database.close()
    await test.drop()
  }
})

it('a letter that was replayed is not dead again because of the last time', async () => {
  const test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const log = createLogger('silent', 'test')
  const database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
  await database.db.execute(sql`
    insert into ping.outbox (id, listener, kind, type, payload, origin, state, available_at, published_at)
    select gen_random_uuid(), 'pong', 'event', type, '{}', '{}', 'published', now() - ago * interval '1 minute', now() - interval '20 seconds'
    from (values ('replayed', 1), ('dead since', 3)) as row (type, ago)`)
  const died = new Date(Date.now() - 120_000).toISOString()
  const ask = async (_listener: string, ids: string[]) => ({
    states: Object.fromEntries(ids.map((id) => [id, 'dead' as const])),
    deadSince: Object.fromEntries(ids.map((id) => [id, died])),
  })
  const reconciler = startReconciler({ module: 'ping', untilDone: new Set(), database, ask, log })
  const states = async () => {
    const { rows } = await database.db.execute(sql`select concat_ws(' ', type, state) as row from ping.outbox`)
    return rows.map(({ row }) => row).toSorted()
  }
  try {
    await until(states, (rows) => rows.includes('dead since dead'), 20_000)
    expect(await states()).toEqual(['dead since dead', 'replayed published'])
  } finally {
    await reconciler.close()
    await database.close()
    await test.drop()
  }
})

it('what waited for a day is sent again as soon as what waited for minutes', async () => {
  const test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const log = createLogger('silent', 'test')
  const database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
  await database.db.execute(sql`
    insert into ping.outbox (id, listener, kind, type, payload, origin, state, available_at, published_at)
    select gen_random_uuid(), 'pong', 'event', type, '{}', '{}', 'published', now() - waited, now() - ago
    from (values
      ('a day, and six minutes ago', interval '1 day', interval '6 minutes'),
      ('a day, and four minutes ago', interval '1 day', interval '4 minutes'),
      ('two minutes, and one minute ago', interval '2 minutes', interval '50 seconds'),
      ('a moment, and one minute ago', interval '1 minute', interval '1 minute')) as row (type, waited, ago)`)
  const ask = async () => ({ states: {} })
  const reconciler = startReconciler({ module: 'ping', untilDone: new Set(), database, ask, log })
  const pending = async () => {
    const { rows } = await database.db.execute(sql`select type from ping.outbox where state = 'pending' order by type`)
    return rows.map(({ type }) => type)
  }
  try {
    await until(pending, (types) => types.length >= 2, 20_000)
    expect(await pending()).toEqual(['a day, and six minutes ago', 'a moment, and one minute ago'])
  } finally {
    await reconciler.close()
    await database.close()
    await test.drop()
  }
})
