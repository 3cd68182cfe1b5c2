import { readModules } from '@lightpress/ci'
import { migrate, type Module } from '@lightpress/kernel'
import { createTestDatabase, type TestDatabase } from '@lightpress/local'
import { boolean, pgSchema, text, uuid } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findForgotten, type Tables } from './support/held-data.ts'

const modules = [...(await readModules()).values()]

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createTestDatabase()
  await migrate(
    modules.map(({ name, migrations, extensions }) => ({
      module: name,
      url: database.url,
      folder: migrations,
      extensions,
    })),
  )
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

describe('every module of the workspace', () => {
  it.each(modules.map((module) => [module.name, module] as const))(
    'says of all that %s keeps whom it is about',
    async (name, module) => {
      const tables = await readTables(name)
      expect(tables.size).toBeGreaterThan(3)
      expect(findForgotten(module, tables)).toEqual([])
    },
  )

  it('is asked by users when somebody has everything handed over or erased', () => {
    const users = modules.find(({ name }) => name === 'users')
    const asked = Object.values(users?.needs ?? {}).map(({ name }) => name)
    expect(asked.sort()).toEqual(modules.map(({ name }) => name).sort())
  })
})

describe('what is forgotten', () => {
  const { table } = pgSchema('planted')
  const person = table('person', { id: uuid().primaryKey(), email: text() })
  const seen = table('seen', { id: uuid().primaryKey(), userId: uuid('user_id'), done: boolean() })
  const holdings = [{ name: 'people', table: person }]
  const because = 'For a reason.'
  const tables = new Map([
    ['migration', ['name']],
    ['person', ['id', 'email']],
    ['seen', ['id', 'user_id', 'done']],
  ])
  const forgotten = (data: Module['data'], also: Tables = new Map()) =>
    findForgotten({ data }, new Map([...tables, ...also]))

  it('is found: a table in no list or in both, and one that there is not', () => {
    const impersonal = [{ table: seen, because, ids: ['userId'] }]
    expect(forgotten({ holdings, impersonal })).toEqual([])
    expect(forgotten({ holdings })).toEqual(['seen stands in 0 lists'])
    expect(forgotten({ holdings: [...holdings, { name: 'seen', table: seen }], impersonal })).toEqual([
      'seen stands in 2 lists',
    ])
    expect(forgotten({ holdings, impersonal }, new Map([['late', ['id']]]))).toEqual(['late stands in 0 lists'])
    expect(
      findForgotten(
        { data: { holdings } },
        new Map([
          ['person', ['id', 'email']],
          ['seen', []],
        ]),
      ),
    ).toEqual(['seen stands in 0 lists'])
    expect(findForgotten({ data: { holdings } }, new Map())).toEqual(['person is no table'])
  })

  it('is found: what looks like somebody in a table that is said to be about nobody', () => {
    expect(forgotten({ holdings, impersonal: [{ table: seen, because }] })).toEqual(['seen.user_id is somebody’s id'])
    const impersonal = [
      { table: person, because },
      { table: seen, because, ids: ['userId'] },
    ]
    expect(forgotten({ holdings: [], impersonal })).toEqual(['person.email says something about somebody'])
  })
})

async function readTables(schema: string): Promise<Tables> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `select table_name as name, array_agg(column_name::text order by ordinal_position) as columns
     from information_schema.columns where table_schema = $1 group by 1 order by 1`,
    [schema],
  )
  return new Map(rows.map(({ name, columns }) => [name, columns]))
}
