import { createTestDatabase } from '@lightpress/local'
import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { createDatabase } from '../src/db.ts'
import { createLogger } from '../src/logging.ts'
import { migrate } from '../src/migrate.ts'
import { sendAgain } from '../src/replay.ts'
import { ping } from './support/modules.ts'

it('however many letters are dead, a thousand are sent again at a time, each once, and counted', async () => {
  const test = await createTestDatabase()
  await migrate([{ module: 'ping', url: test.url, folder: ping.migrations }])
  const told: { what: string }[] = []
  const log = { ...createLogger('silent', 'test'), info: (about: { what: string }) => void told.push(about) } as never
  const database = createDatabase({ url: test.url, module: 'ping', poolSize: 2, log })
  await database.db.execute(sql`
    insert into ping.outbox (id, listener, kind, type, payload, origin, state)
    select gen_random_uuid(), 'pong', 'event', 'ping.thing.happened.v' || n % 2 + 1, '{}', '{}', 'dead'
    from generate_series(1, 2500) n`)
  try {
    expect(await sendAgain('ping', undefined, { database, log })).toBe(2_500)
    const { rows } = await database.db.execute(
      sql`select count(*)::int as count from ping.outbox where state = 'pending' group by xmin order by 1`,
    )
    expect(rows.map(({ count }) => count)).toEqual([500, 1_000, 1_000])
    expect(told.toSorted((a, b) => a.what.localeCompare(b.what))).toEqual([
      { module: 'ping', what: 'ping.thing.happened.v1 to pong', count: 1_250 },
      { module: 'ping', what: 'ping.thing.happened.v2 to pong', count: 1_250 },
    ])
    expect(await sendAgain('ping', undefined, { database, log })).toBe(0)
  } finally {
    await database.close()
    await test.drop()
  }
})
