import pg from 'pg'
import { expect, it } from 'vitest'
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
