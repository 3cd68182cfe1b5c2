import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cases, type CaseName } from '../src/cases.ts'
import { runLoad } from '../src/load.ts'
import { runCase } from '../src/run-case.ts'

let database: TestDatabase

beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

describe('the driver of the product', () => {
  it.each(Object.entries(cases).map(([name, { title }]) => ({ name: name as CaseName, title })))(
    'stands it: $title',
    async ({ name }) => {
      expect(await runCase('pg', name, database.url)).toBeNull()
    },
  )

  it('stays whole under load while its backends are ended', async () => {
    const { kills, committed, ...wrong } = await runLoad(
      { driver: 'pg', faulty: true },
      { url: database.url, seconds: 6 },
    )
    expect(kills).toBeGreaterThan(5)
    expect(committed).toBeGreaterThan(50)
    expect(wrong).toMatchObject({ crashes: [], hangs: 0, wrong: [] })
  })
})

describe('postgres.js, which the product does not use', () => {
  it('gives a caller the rows of another', async () => {
    const broken = await runCase('postgres', 'ownRows', database.url)
    const news = 'postgres.js keeps callers apart now: docs/decisions/0001-postgresql-driver.md can be looked at again'
    expect(broken, news).toBe('wanted first, an error, third, fourth; got an error, third, fourth, silence')
  })
})
