import { developmentColleagues, developmentPeople } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { DisplayName } from '@lightpress/protocol'
import { users as contract } from '@lightpress/users-contract'
import { eq, getTableName } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { users } from '../src/index.ts'
import { activity, erasure, invitation, membership, organization, person } from '../src/schema.ts'
import { company, organizations } from '../src/seed-data.ts'
import { startUsers, type App } from './support.ts'

let app: App
const db = () => app.contextFor('users').db
const seed = () => users.seed!(app.contextFor('users'))

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

async function makeEverybody() {
  for (const { id: userId, email, name } of [...developmentPeople, ...developmentColleagues])
    await app.internal.createUser({ userId, email, name, locale: 'en' })
}

async function everything() {
  const tables = [person, organization, membership, invitation, activity]
  const rows = await Promise.all(tables.map(async (table) => [getTableName(table), await db().select().from(table)]))
  return Object.fromEntries(rows) as Record<string, unknown[]>
}

describe('the seed', () => {
  it('waits until there is everybody', async () => {
    await seed()
    expect(await db().$count(organization)).toBe(0)
  })

  it('makes organisations in every state', async () => {
    await makeEverybody()
    await seed()
    const operator = app.as(contract, {
      userId: developmentPeople[0]!.id,
      operator: true,
    })
    const { items: members } = await operator.listOrganizationMembers({ id: company.id, limit: 50 })
    expect(members).toHaveLength(12)
    expect(new Set(members.map(({ role }) => role))).toEqual(new Set(['owner', 'admin', 'member']))
    const owner = app.as(contract, { userId: developmentPeople[1]!.id })
    const { items: waiting } = await owner.listInvitations({ id: company.id, limit: 50 })
    expect(waiting.map(({ state }) => state)).toEqual(['pending', 'pending', 'expired'])
    const { items: log } = await owner.listOrganizationActivity({ id: company.id, limit: 100 })
    expect(log.length).toBeGreaterThan(15)
    expect(Date.parse(log[0]!.at) - Date.parse(log.at(-1)!.at)).toBeGreaterThan(28 * 24 * 60 * 60 * 1_000)
    expect((await operator.searchOrganizations({ state: 'suspended', limit: 10 })).items).toHaveLength(1)
    expect((await operator.searchUsers({ state: 'suspended', limit: 10 })).items).toHaveLength(1)
    expect((await operator.searchUsers({ query: 'admin@localhost', limit: 1 })).items[0]).toMatchObject({
      operator: true,
    })
    // The one that everybody starts in is their own.
    for (const { id: userId } of developmentPeople)
      expect((await app.internal.readPrincipal({ userId, organizationId: null })).membership).toMatchObject({
        role: 'owner',
      })
  })

  it('has names that are valid, one as long as they get', () => {
    const names = [...developmentPeople, ...developmentColleagues].map(({ name }) => name)
    for (const name of names) expect(DisplayName.parse(name)).toBe(name)
    expect(names.map(({ length }) => length)).toContain(80)
  })

  it('changes nothing the second time, nor what somebody changed', async () => {
    await db().update(organization).set({ name: 'Renamed' })
    await db().update(person).set({ operator: false, suspendedAt: null })
    await db().delete(invitation)
    const before = await everything()
    const told = (await app.outbox()).length
    await Promise.all([seed(), seed()])
    expect(await everything()).toEqual(before)
    expect(await app.outbox()).toHaveLength(told)
  })

  it('does not make again what somebody erased', async () => {
    await db().delete(activity)
    await db().delete(membership)
    for (const { id } of organizations) await db().delete(organization).where(eq(organization.id, id))
    await db().insert(erasure).values({
      id: newId(),
      subjectKind: 'organization',
      subjectId: company.id,
      requestedBy: newId(),
      steps: [],
      receipt: [],
    })
    await seed()
    expect(await db().$count(membership)).toBe(0)
  })
})
