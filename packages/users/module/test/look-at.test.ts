import { newId } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invitation, membership, organization, person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'

let app: App
beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

const db = () => app.contextFor('users').db
const operator = () => app.operator().client
const DAY = 24 * 60 * 60 * 1_000

async function join(organizationId: string, role: 'member' | 'admin' | 'owner', name = 'Somebody') {
  const { userId } = await app.createPerson(name)
  await db().insert(membership).values({ organizationId, userId, role })
  return userId
}

async function invite(organizationId: string, email: string, about: Partial<typeof invitation.$inferInsert> = {}) {
  const id = newId()
  const expiresAt = new Date(Date.now() + DAY)
  const key = emailKey(email)
  await db()
    .insert(invitation)
    .values({ id, organizationId, email, emailKey: key, role: 'member', invitedBy: newId(), expiresAt, ...about })
  return id
}

describe('an operator who looks at a person', () => {
  it('sees their organisations and what waits for their address', async () => {
    const ada = await app.createPerson('Ada')
    const host = await app.createPerson('Host')
    await db().insert(membership).values({ organizationId: host.organizationId, userId: ada.userId, role: 'admin' })
    const [one, two] = [(await app.createPerson()).organizationId, (await app.createPerson()).organizationId]
    const pending = await invite(one, ada.email)
    const expired = await invite(two, ada.email, { expiresAt: new Date(Date.now() - DAY), createdAt: new Date(0) })
    await invite((await app.createPerson()).organizationId, ada.email, { revokedAt: new Date() })
    await invite((await app.createPerson()).organizationId, ada.email, { acceptedAt: new Date() })
    await invite(one, 'another@example.com')
    const seen = await operator().readUser({ id: ada.userId })
    expect(seen.user).toMatchObject({
      id: ada.userId,
      email: ada.email,
      state: 'active',
      organizationCount: 2,
      locale: 'en',
      timeZone: 'UTC',
      suspendedAt: null,
    })
    expect(seen.memberships).toMatchObject([
      { organization: { id: ada.organizationId, personal: true, memberCount: 1 }, role: 'owner' },
      { organization: { id: host.organizationId, memberCount: 2 }, role: 'admin' },
    ])
    expect(seen.invitations).toMatchObject([
      { id: pending, organization: { id: one }, state: 'pending' },
      { id: expired, organization: { id: two }, state: 'expired' },
    ])
  })

  it('sees one who is suspended, or being erased, too; of nobody there is nothing to see', async () => {
    const { userId: id } = await app.createPerson()
    await operator().suspendUser({ id })
    expect((await operator().readUser({ id })).user).toMatchObject({
      state: 'suspended',
      suspendedAt: expect.stringContaining('T') as string,
    })
    await db().update(person).set({ closedAt: new Date() }).where(eq(person.id, id))
    expect((await operator().readUser({ id })).user.state).toBe('closing')
    await expect(operator().readUser({ id: newId() })).rejects.toMatchObject({ reason: 'users.user_not_found' })
  })

  it('is an operator', async () => {
    const { client, userId, organizationId } = await app.createPerson()
    for (const ask of [
      () => client.readUser({ id: userId }),
      () => client.readOrganization({ id: organizationId }),
      () => client.listOrganizationMembers({ id: organizationId, limit: 10 }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('an operator who looks at an organisation', () => {
  it('sees who looks after it, owners first, a hundred at most', async () => {
    const { userId, organizationId: id } = await app.createPerson()
    await join(id, 'member')
    const admin = await join(id, 'admin')
    const owner = await join(id, 'owner')
    await invite(id, 'new@example.com')
    await invite(id, 'late@example.com', { expiresAt: new Date(0) })
    await invite(id, 'gone@example.com', { revokedAt: new Date() })
    await invite(id, 'erased@example.com', { email: null, emailKey: null })
    const seen = await operator().readOrganization({ id })
    expect(seen.organization).toMatchObject({
      id,
      personal: true,
      personalOf: userId,
      memberCount: 4,
      invitationCount: 2,
      state: 'active',
      suspendedAt: null,
    })
    expect(seen.managers.map(({ user, role }) => [user.id, role])).toEqual([
      [userId, 'owner'],
      [owner, 'owner'],
      [admin, 'admin'],
    ])
    const many = Array.from({ length: 110 }, newId)
    await db()
      .insert(person)
      .values(many.map((id) => ({ id, email: id, emailKey: id, name: 'One of many' })))
    await db()
      .insert(membership)
      .values(many.map((userId) => ({ userId, organizationId: id, role: 'admin' as const })))
    expect((await operator().readOrganization({ id })).managers).toHaveLength(100)
  })

  it('sees one that is suspended, or being erased; none where there is none', async () => {
    const { organizationId: id } = await app.createPerson()
    await operator().suspendOrganization({ id })
    expect((await operator().readOrganization({ id })).organization).toMatchObject({ state: 'suspended' })
    await db().update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id))
    expect((await operator().readOrganization({ id })).organization.state).toBe('closing')
    for (const ask of [
      operator().readOrganization({ id: newId() }),
      operator().listOrganizationMembers({ id: newId(), limit: 10 }),
    ])
      await expect(ask).rejects.toMatchObject({ reason: 'users.organization_not_found' })
  })

  it('pages through its members in the order in which they joined, by role and by name', async () => {
    const { userId, organizationId: id } = await app.createPerson('First')
    const joined = [userId]
    for (let n = 0; n < 9; n++) joined.push(await join(id, n % 3 === 0 ? 'admin' : 'member', `Élodie ${n}`))
    const read = async (more: { query?: string; role?: 'admin' } = {}) => {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await operator().listOrganizationMembers({ id, limit: 3, cursor, ...more })
        seen.push(...page.items.map(({ user }) => user.id))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return seen
    }
    expect(await read()).toEqual(joined)
    expect(await read({ role: 'admin' })).toEqual([joined[1], joined[4], joined[7]])
    expect(await read({ query: 'elodie' })).toEqual(joined.slice(1))
    expect(await read({ query: 'elodie', role: 'admin' })).toHaveLength(3)
    expect(await read({ query: '%' })).toEqual([])
  })
})
