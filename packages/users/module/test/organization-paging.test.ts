// Lists of many, read page by page while they change.
import { newId } from '@lightpress/kernel'
import { users as contract } from '@lightpress/users-contract'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startUsers, type App } from './support.ts'
import { addMember, createTeam, dbOf, type Users } from './team.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

/** Joined within few milliseconds, many of them at the same microsecond. */
async function addMany(id: string, members: number) {
  await dbOf(app).execute(sql`
    with people as (
      insert into users.person (id, email, email_key, name)
      select p, p || '@example.com', p || '@example.com', 'Member ' || n
      from (select gen_random_uuid() p, n from generate_series(1, ${members}) n) made
      returning id, name
    )
    insert into users.membership (organization_id, user_id, role, created_at)
    select ${id}, id, 'member', now() + (substring(name from 8)::int / 3) * interval '1 microsecond' from people`)
}

async function memberIds(id: string): Promise<string[]> {
  const { rows } = await dbOf(app).execute<{ id: string }>(
    sql`select user_id as id from users.membership where organization_id = ${id}`,
  )
  return rows.map((row) => row.id)
}

async function readAll(client: Users, id: string, { limit, between }: { limit: number; between: () => Promise<void> }) {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await client.listMembers({ id, limit, ...(cursor && { cursor }) })
    seen.push(...page.items.map(({ userId }) => userId))
    cursor = page.nextCursor
    await between()
  } while (cursor !== null)
  return seen
}

describe('10,000 members', () => {
  it('are listed each exactly once while others join and leave', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    await addMany(id, 10_000)
    const before = await memberIds(id)
    // Some of them are listed by then, some are not yet.
    const leaving = before.filter((userId, at) => at % 37 === 0 && userId !== people[0].userId)
    let pages = 0
    const between = async () => {
      pages++
      const { userId } = await app.createPerson()
      await addMember(app, { id, userId, role: 'member' })
      for (const gone of leaving.splice(0, 2)) await client.removeMember({ id, userId: gone })
    }
    const seen = await readAll(client, id, { limit: 100, between })
    expect(pages).toBeGreaterThan(98)
    expect(new Set(seen).size).toBe(seen.length)
    const [stayed, listed] = [new Set(await memberIds(id)), new Set(seen)]
    expect(before.filter((userId) => stayed.has(userId) && !listed.has(userId))).toEqual([])
    expect(await client.getOrganization({ id })).toMatchObject({ memberCount: stayed.size })
  })

  it('are found by part of a name, wherever they stand', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    await addMany(id, 10_000)
    const { items } = await people[0].client.listMembers({ id, query: 'member 9999' })
    expect(items).toMatchObject([{ name: 'Member 9999' }])
  })
})

describe('the organisations of a person', () => {
  it('are listed each exactly once, though they were made in the same millisecond', async () => {
    const { userId, client } = await app.createPerson()
    await dbOf(app).execute(sql`
      with made as (
        insert into users.organization (id, name, created_at)
        select gen_random_uuid(), 'Team ' || n, '2026-01-01T00:00:00Z'::timestamptz + (n / 4) * interval '1 microsecond'
        from generate_series(1, 120) n returning id
      )
      insert into users.membership (organization_id, user_id, role) select id, ${userId}, 'member' from made`)
    for (const limit of [3, 7, 100]) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await client.listOrganizations({ limit, ...(cursor && { cursor }) })
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor !== null)
      expect(seen).toHaveLength(121)
      expect(new Set(seen).size).toBe(121)
    }
  })

  it('are none for who has none', async () => {
    const client = app.as(contract, { userId: newId() })
    expect(await client.listOrganizations()).toEqual({ items: [], nextCursor: null })
  })
})
