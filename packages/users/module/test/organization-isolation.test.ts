// Whose an organisation is: every path that names one, as everybody who must not come in there.
import { createHash, randomBytes } from 'node:crypto'
import { newId } from '@lightpress/kernel'
import type { Role } from '@lightpress/protocol'
import { users as contract } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organization } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { activityOf, createTeam, dbOf, rolesIn, type Person } from './team.ts'

const keys = new Map<string, string>()
let app: App
let team: { id: string; people: readonly [Person, Person, Person] }

beforeAll(async () => {
  const readApiKey = ({ hash }: { hash: string }) => {
    const organizationId = keys.get(hash)
    const scopes = ['users:read', 'users:write', 'audit:read']
    return { apiKey: organizationId ? { apiKeyId: newId(), organizationId, scopes, expiresAt: null } : null }
  }
  app = await startUsers({ fakes: { auth: { readApiKey } } })
  team = await createTeam(app, ['owner', 'admin', 'member'])
})
afterAll(() => app.close())

/** The least role that each operation of an organisation wants; whatever the contract has more is missing here. */
const least: Record<string, Role> = {
  getOrganization: 'member',
  listMembers: 'member',
  updateOrganization: 'admin',
  updateMember: 'admin',
  removeMember: 'admin',
  listOrganizationActivity: 'admin',
  transferOrganization: 'owner',
}
const mine = Object.entries(contract.operations).flatMap(([name, operation]) =>
  name in least && operation.path !== undefined
    ? [{ name, method: operation.method, path: operation.path, role: least[name] as Role }]
    : [],
)

function ask({ method, path }: (typeof mine)[number], authorization: string | null, id = team.id) {
  const url = path.replace(':id', id).replace(':userId', team.people[2].userId)
  const body = { name: 'Taken', role: 'admin', userId: team.people[1].userId }
  const json = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const sent = method === 'GET' || method === 'DELETE' ? undefined : json
  return fetch(`${app.baseUrl}${url}`, {
    method,
    ...sent,
    headers: { ...sent?.headers, ...(authorization && { authorization }) },
  })
}

async function refusal(response: Response) {
  const { reason } = (await response.json()) as { reason?: string }
  return `${response.status} ${reason}`
}

const bearer = (identity: Parameters<App['token']>[0]) => `Bearer ${app.token(identity)}`

describe('an organisation', () => {
  it('has all of these paths', () => {
    expect(mine.map(({ name }) => name).sort()).toEqual(Object.keys(least).sort())
  })

  it.each(mine)('is not there for strangers, whatever their token says: $method $path', async (operation) => {
    const before = [await rolesIn(app, team.id), await activityOf(app, team.id)]
    const stranger = await app.createPerson()
    const identities = [
      { userId: stranger.userId },
      { userId: stranger.userId, organizationId: team.id, role: 'owner' as const },
      { userId: stranger.userId, operator: true },
      { userId: newId(), organizationId: team.id, role: 'owner' as const },
    ]
    for (const identity of identities)
      expect(await refusal(await ask(operation, bearer(identity)))).toBe('404 users.organization_not_found')
    expect(await refusal(await ask(operation, bearer({ userId: stranger.userId }), newId()))).toBe(
      '404 users.organization_not_found',
    )
    expect([await rolesIn(app, team.id), await activityOf(app, team.id)]).toEqual(before)
  })

  it.each(mine)('wants the role that stands in it, whatever the token says: $method $path', async (operation) => {
    const before = await rolesIn(app, team.id)
    const roles = ['owner', 'admin', 'member'] as const
    for (const [at, { userId }] of team.people.entries()) {
      const allowed = roles.indexOf(operation.role) >= at
      // To leave needs no role, and the path names the member.
      if (allowed || (operation.name === 'removeMember' && userId === team.people[2].userId)) continue
      const response = await ask(operation, bearer({ userId, organizationId: team.id, role: 'owner' }))
      expect(await refusal(response)).toBe('403 users.role_too_low')
    }
    expect(await rolesIn(app, team.id)).toEqual(before)
  })

  it.each(mine)('is for people, not for API keys: $method $path', async (operation) => {
    const key = `lp_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('hex')}`
    keys.set(createHash('sha256').update(key).digest('base64url'), team.id)
    expect(await refusal(await ask(operation, `Bearer ${key}`))).toBe('403 request.people_only')
    expect((await ask(operation, null)).status).toBe(401)
  })

  it.each(mine)('that is being erased is not there for anybody: $method $path', async (operation) => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    await dbOf(app).update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id))
    for (const { userId } of people)
      expect(await refusal(await ask(operation, bearer({ userId }), id))).toBe('404 users.organization_not_found')
  })

  it.each(['nonsense', '..%2f', '%00', '0', 'null', '%F0%9F%92%A9', 'a'.repeat(5_000), "' or 1=1 --"])(
    'is not to be had by the id %s',
    async (rubbish) => {
      for (const operation of mine) {
        const { status } = await ask(operation, bearer({ userId: team.people[0].userId }), encodeURI(rubbish))
        expect([400, 404, 414]).toContain(status)
      }
    },
  )

  it('takes no rubbish for what it is asked', async () => {
    const [{ client }] = team.people
    const { id } = team
    const refused = async (request: Promise<unknown>, path: string) =>
      expect(await request.catch((error: unknown) => error)).toMatchObject({ code: 'invalid', errors: [{ path }] })
    const rubbish = { $gt: '' } as never
    const userId = team.people[2].userId
    await refused(client.updateMember({ id, userId, role: 'god' as never }), 'role')
    await refused(client.updateMember({ id, userId, role: ['admin'] as never }), 'role')
    await refused(client.updateMember({ id, userId: 'me', role: 'admin' }), 'userId')
    await refused(client.transferOrganization({ id, userId: rubbish }), 'userId')
    await refused(client.listMembers({ id, limit: 0 }), 'limit')
    await refused(client.listMembers({ id, limit: 101 }), 'limit')
    await refused(client.listMembers({ id, query: ' ' }), 'query')
    await refused(client.listMembers({ id, query: 'x'.repeat(101) }), 'query')
    await refused(client.listMembers({ id, query: 'a\u0000' }), 'query')
    await refused(client.listMembers({ id, role: 'root' as never }), 'role')
    for (const cursor of [
      'x',
      cursorOf([]),
      cursorOf(['2026-01-01T00:00:00Z', 'x']),
      cursorOf(['now', newId()]),
      cursorOf(['2026-01-01T00:00:00Z', newId(), 1]),
      cursorOf({ length: 2 }),
    ]) {
      await refused(client.listMembers({ id, cursor }), 'cursor')
      await refused(client.listOrganizationActivity({ id, cursor }), 'cursor')
      await refused(client.listOrganizations({ cursor }), 'cursor')
    }
    await refused(client.listOrganizationActivity({ id, action: 'nothing' as never }), 'action')
    await refused(client.listOrganizationActivity({ id, actorId: 'me' }), 'actorId')
    await refused(client.listOrganizationActivity({ id, from: 'yesterday' }), 'from')
    await refused(client.listOrganizationActivity({ id, until: '0000-01-01T00:00:00Z' }), 'until')
    // Well written, and no time that the database has.
    const yearZero = client.listMembers({ id, cursor: cursorOf(['0000-01-01T00:00:00Z', newId()]) })
    await expect(yearZero).rejects.toMatchObject({ code: 'invalid' })
  })
})

const cursorOf = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url')
