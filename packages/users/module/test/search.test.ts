import { newId } from '@lightpress/kernel'
import { users as contract, type AdminOrganization, type AdminUser } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { membership, organization, person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'

let app: App
beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

const db = () => app.contextFor('users').db
const operator = () => app.operator().client

async function make(name: string, email = `${newId()}@example.com`) {
  const userId = newId()
  const { organizationId } = await app.internal.createUser({ userId, email, name, locale: 'en' })
  return { userId, organizationId }
}

async function search(query: string, more: { state?: AdminUser['state'] } = {}): Promise<string[]> {
  const { items } = await operator().searchUsers({ query, limit: 50, ...more })
  return items.map(({ name }) => name)
}

async function searchOrganizations(query: string): Promise<string[]> {
  const { items } = await operator().searchOrganizations({ query, limit: 50 })
  return items.map(({ name }) => name)
}

/** All of a list, page by page. */
async function readAll<T>(read: (cursor?: string) => Promise<{ items: T[]; nextCursor: string | null }>): Promise<T[]> {
  const all: T[] = []
  let cursor: string | undefined
  do {
    const page = await read(cursor)
    all.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return all
}

describe('a search for people', () => {
  it('is for operators', async () => {
    const { client } = await app.createPerson()
    for (const ask of [client.searchUsers, client.searchOrganizations])
      await expect(ask({ limit: 10 })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(app.as(contract).searchUsers({ limit: 10 })).rejects.toMatchObject({ code: 'unauthenticated' })
  })

  it.each([
    ['as it is written', 'Marguerite Yourcenar'],
    ['in another case', 'MARGUERITE yourcenar'],
    ['in part', 'ourcena'],
    ['from its beginning', 'marg'],
    ['with two letters in the wrong order', 'Marguerite Yuorcenar'],
    ['with a letter too few', 'Margurite'],
    ['with the words the other way round', 'Yourcenar, Marguerite'],
  ])('finds a name %s', async (_how, query) => {
    await make('Marguerite Yourcenar')
    expect((await search(query))[0]).toBe('Marguerite Yourcenar')
  })

  it.each([
    ['Jürgen Große', 'jurgen'],
    ['Zoe Kravitz', 'Zoë'],
    ['Ångström Ærø', 'angstrom'],
    ['Ирина Соколова', 'ирина'],
    ['Ирина Соколова', 'СОКОЛ'],
    ['王小明', '王小明'],
    ['王小明', '王小'],
    ['王小明', '王'],
    ['مُحَمَّد الفارسي', 'الفارسي'],
  ])('finds %s by %s', async (name, query) => {
    await make(name)
    expect(await search(query)).toContain(name)
  })

  it('finds an address, whole or in part, in any case', async () => {
    await make('Grace Hopper', 'grace.hopper@navy.example')
    for (const query of [
      'grace.hopper@navy.example',
      'Grace.Hopper@NAVY.example',
      'grace.hop',
      'gr',
      '@navy',
      'hopper@navy',
    ])
      expect(await search(query)).toContain('Grace Hopper')
  })

  it('finds whose id it is, and nobody else', async () => {
    const { userId } = await make('Somebody')
    expect((await operator().searchUsers({ query: userId, limit: 10 })).items).toMatchObject([{ id: userId }])
    expect(await search(newId())).toEqual([])
  })

  it('has the likest first', async () => {
    for (const name of ['Quentin Quirk', 'Quentina Quirk', 'Mister Quentin Quirk', 'Quentan Quark']) await make(name)
    expect(await search('quentin quirk')).toEqual([
      'Quentin Quirk',
      'Mister Quentin Quirk',
      'Quentina Quirk',
      'Quentan Quark',
    ])
  })

  it('takes what stands for anything in a pattern as what it is', async () => {
    await make('100% Cotton_Wool')
    await make('back\\slash')
    for (const query of ['%', '_', '\\', '%%%', '___', '%a%', 'a_b', "'", '"', '\\\\', "'; --", '((((', '* & |'])
      expect(await search(query)).toEqual([])
    expect((await search('100%'))[0]).toBe('100% Cotton_Wool')
    expect((await search('cotton_wool'))[0]).toBe('100% Cotton_Wool')
    expect((await search('back\\s'))[0]).toBe('back\\slash')
  })

  it('finds in the state that is asked for only', async () => {
    const [kept, out, going] = [
      await make('Wilhelmina One'),
      await make('Wilhelmina Two'),
      await make('Wilhelmina Three'),
    ]
    await operator().suspendUser({ id: out.userId })
    await db().update(person).set({ closedAt: new Date() }).where(eq(person.id, going.userId))
    const named = (state: AdminUser['state']) => operator().searchUsers({ query: 'wilhelmina', state, limit: 10 })
    expect((await named('active')).items).toMatchObject([{ id: kept.userId, state: 'active' }])
    expect((await named('suspended')).items).toMatchObject([{ id: out.userId, state: 'suspended' }])
    expect((await named('closing')).items).toMatchObject([{ id: going.userId, state: 'closing' }])
    expect(await search('wilhelmina')).toHaveLength(3)
    const all = (state: AdminUser['state']) => readAll((cursor) => operator().searchUsers({ state, limit: 2, cursor }))
    expect(await all('suspended')).toMatchObject([{ id: out.userId }])
    expect(await all('closing')).toMatchObject([{ id: going.userId }])
    expect((await all('active')).map(({ id }) => id)).not.toContain(out.userId)
  })

  it('shows how many organisations somebody is in', async () => {
    const { userId } = await make('Bartholomew Many')
    const { organizationId } = await make('Host')
    await db().insert(membership).values({ organizationId, userId, role: 'member' })
    expect((await operator().searchUsers({ query: 'bartholomew', limit: 5 })).items).toMatchObject([
      { organizationCount: 2, operator: false },
    ])
  })
})

describe('pages', () => {
  it('of a search have everybody once, also those who are as like as each other', async () => {
    const made = new Set<string>()
    for (let n = 0; n < 25; n++) made.add((await make(`Xanthippe ${n % 3}`)).userId)
    const found = await readAll((cursor) => operator().searchUsers({ query: 'xanthippe', limit: 4, cursor }))
    expect(found.map(({ id }) => id)).toHaveLength(25)
    expect(new Set(found.map(({ id }) => id))).toEqual(made)
  })

  it('of all have everybody once, newest first, whoever comes meanwhile, and of one moment too', async () => {
    const at = new Date()
    for (let n = 0; n < 5; n++)
      await db()
        .update(person)
        .set({ createdAt: at })
        .where(eq(person.id, (await make('Twin')).userId))
    const before = await db().$count(person)
    const found = await readAll(async (cursor) => {
      await make('Latecomer')
      return operator().searchUsers({ limit: 7, cursor })
    })
    expect(found.length).toBe(before + 1)
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
    const times = found.map(({ createdAt }) => createdAt)
    expect(times).toEqual([...times].sort().reverse())
  })

  it('go on from cursors only that a list gave', async () => {
    for (const cursor of ['x', 'WzEsMl0', Buffer.from('["a","b"]').toString('base64url')])
      await expect(operator().searchUsers({ query: 'ada', limit: 5, cursor })).rejects.toMatchObject({
        code: 'invalid',
      })
  })
})

describe('a search for organisations', () => {
  it('finds them by a name spelt nearly so, or by their id, with their state and how many are in them', async () => {
    const { userId, organizationId } = await make('Founder')
    await db().update(organization).set({ name: 'Crédit Agricole' }).where(eq(organization.id, organizationId))
    for (const query of ['credit agricole', 'agrciole', 'CRÉDIT', organizationId, 'cr'])
      expect(await searchOrganizations(query)).toContain('Crédit Agricole')
    const [found] = (await operator().searchOrganizations({ query: organizationId, limit: 5 })).items
    expect(found).toMatchObject({ id: organizationId, personal: true, state: 'active', memberCount: 1, logoUrl: null })
    expect((await operator().searchOrganizations({ query: userId, limit: 5 })).items).toEqual([])
  })

  it('has all of them, page by page', async () => {
    const found = await readAll<AdminOrganization>((cursor) => operator().searchOrganizations({ limit: 9, cursor }))
    expect(found).toHaveLength(await db().$count(organization))
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
  })
})
