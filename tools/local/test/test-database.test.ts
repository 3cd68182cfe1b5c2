import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createTestDatabase } from '../src/index.ts'

it('makes empty databases that do not see each other, and drops them under open connections', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()])
  const client = new pg.Client(one.url)
  client.on('error', () => {})
  await client.connect()
  await client.query('CREATE TABLE only_here (id int)')

  const elsewhere = new pg.Client(other.url)
  await elsewhere.connect()
  await expect(elsewhere.query('SELECT * FROM only_here')).rejects.toThrow('does not exist')
  await elsewhere.end()

  await one.drop()
  await other.drop()
  await expect(new pg.Client(one.url).connect()).rejects.toThrow('does not exist')
})

describe('a template', () => {
  const name = `of this test ${randomUUID()}`

  it('is filled once, whoever wants it at the same time, and every copy is its own', async () => {
    let fills = 0
    const fill = async (url: string) => {
      fills++
      await query(url, 'CREATE TABLE filled (id int); INSERT INTO filled VALUES (1)')
    }
    const copies = await Promise.all(Array.from({ length: 4 }, () => createTestDatabase({ name, fill })))
    expect(fills).toBe(1)
    const [one, other] = copies.map(({ url }) => url) as [string, string]
    await query(one, 'INSERT INTO filled VALUES (2)')
    expect((await query(one, 'SELECT * FROM filled')).rowCount).toBe(2)
    expect((await query(other, 'SELECT * FROM filled')).rowCount).toBe(1)
    await Promise.all(copies.map((copy) => copy.drop()))
  })

  it('that could not be filled is tried again by the next one', async () => {
    const other = `${name}, failing`
    const failing = createTestDatabase({ name: other, fill: () => Promise.reject(new Error('no luck')) })
    await expect(failing).rejects.toThrow('no luck')
    const copy = await createTestDatabase({ name: other, fill: (url) => query(url, 'CREATE TABLE luck (id int)') })
    expect((await query(copy.url, 'SELECT * FROM luck')).rowCount).toBe(0)
    await copy.drop()
  })
})

async function query(url: string, sql: string) {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return await client.query(sql)
  } finally {
    await client.end()
  }
}
