import { newId } from '@lightpress/kernel'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { activity, membership, organization } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'

let app: App
beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

const db = () => app.contextFor('users').db
const operator = () => app.operator()
const stateOf = async (organizationId: string) => (await app.internal.readOrganizationState({ organizationId })).state

async function changesOf(organizationId: string) {
  const rows = await app.outbox()
  return rows
    .filter(({ type }) => type === organizationAccessChanged.type)
    .map(({ payload }) => organizationAccessChanged.payload.parse(payload))
    .filter((change) => change.organizationId === organizationId)
}

function logOf(organizationId: string) {
  return db()
    .select({ action: activity.action, actorId: activity.actorId })
    .from(activity)
    .where(eq(activity.organizationId, organizationId))
    .orderBy(asc(activity.at), asc(activity.id))
}

describe('suspending an organisation', () => {
  it('is for operators', async () => {
    const { client, organizationId: id } = await app.createPerson()
    for (const act of [client.suspendOrganization, client.restoreOrganization])
      await expect(act({ id })).rejects.toMatchObject({ code: 'forbidden' })
    expect(await stateOf(id)).toBe('active')
  })

  it('keeps everybody from acting in it, is written down and said, and is lifted by restoring', async () => {
    const { client, organizationId: id, userId } = await app.createPerson()
    const { client: ops, userId: actorId } = operator()
    expect(await ops.suspendOrganization({ id })).toEqual({ status: 'suspended' })
    expect(await stateOf(id)).toBe('suspended')
    await expect(client.updateOrganization({ id, name: 'Other' })).rejects.toMatchObject({
      reason: 'users.organization_suspended',
    })
    expect((await app.internal.readPrincipal({ userId, organizationId: id })).membership).toBeNull()
    expect((await client.getOrganization({ id })).suspended).toBe(true)
    expect(await ops.restoreOrganization({ id })).toEqual({ status: 'active' })
    expect((await app.internal.readPrincipal({ userId, organizationId: id })).membership).toMatchObject({
      role: 'owner',
    })
    expect((await client.updateOrganization({ id, name: 'Other' })).name).toBe('Other')
    expect((await changesOf(id)).map(({ change, actorId }) => [change, actorId])).toEqual([
      ['suspended', actorId],
      ['restored', actorId],
    ])
    expect((await logOf(id)).slice(0, 2)).toEqual([
      { action: 'organization_suspended', actorId },
      { action: 'organization_restored', actorId },
    ])
  })

  it('twenty times at once is once', async () => {
    const { organizationId: id } = await app.createPerson()
    await Promise.all(Array.from({ length: 20 }, () => operator().client.suspendOrganization({ id })))
    expect(await changesOf(id)).toHaveLength(1)
    expect(await logOf(id)).toHaveLength(1)
    await Promise.all(Array.from({ length: 20 }, () => operator().client.restoreOrganization({ id })))
    expect((await changesOf(id)).map(({ change }) => change)).toEqual(['suspended', 'restored'])
  })

  it('while its people act: each act is before it, and in the log before it, or refused', async () => {
    const { client, organizationId: id } = await app.createPerson()
    const acts = Array.from({ length: 20 }, (_, n) => client.updateOrganization({ id, name: `Name ${n}` }))
    const suspension = operator().client.suspendOrganization({ id })
    const outcomes = await Promise.allSettled(acts)
    await suspension
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    for (const { reason } of refused) expect(reason).toMatchObject({ reason: 'users.organization_suspended' })
    const log = (await logOf(id)).map(({ action }) => action)
    const renamed = outcomes.length - refused.length
    expect(log.filter((action) => action === 'organization_renamed')).toHaveLength(renamed)
    expect(log.filter((action) => action === 'organization_suspended')).toHaveLength(1)
    const before = (await db().select().from(organization).where(eq(organization.id, id)))[0]!.name
    await expect(client.updateOrganization({ id, name: 'After' })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await db().select().from(organization).where(eq(organization.id, id)))[0]!.name).toBe(before)
  })

  it('of one that there is not, or that is being erased, finds none', async () => {
    const { organizationId: id } = await app.createPerson()
    await db().update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id))
    for (const gone of [id, newId()]) {
      await expect(operator().client.suspendOrganization({ id: gone })).rejects.toMatchObject({
        reason: 'users.organization_not_found',
      })
      expect(await stateOf(gone)).toBe('closed')
    }
    expect(await changesOf(id)).toEqual([])
  })

  it('of the oldest one leaves its people in another', async () => {
    const ada = await app.createPerson()
    const company = (await app.createPerson()).organizationId
    await db().insert(membership).values({ organizationId: company, userId: ada.userId, role: 'member' })
    await operator().client.suspendOrganization({ id: ada.organizationId })
    const { membership: at } = await app.internal.readPrincipal({ userId: ada.userId, organizationId: null })
    expect(at).toMatchObject({ organizationId: company, role: 'member' })
  })
})

describe('how many are in an organisation', () => {
  const count = async (organizationId: string) => (await app.internal.countMembers({ organizationId })).members

  it('is everybody who is a member, in a suspended one too', async () => {
    const { organizationId: id } = await app.createPerson()
    expect(await count(id)).toBe(1)
    for (const role of ['admin', 'member', 'member'] as const) {
      const { userId } = await app.createPerson()
      await db().insert(membership).values({ organizationId: id, userId, role })
    }
    expect(await count(id)).toBe(4)
    await operator().client.suspendOrganization({ id })
    expect(await count(id)).toBe(4)
  })

  it('is not known of one that there is not, or that is being erased', async () => {
    const { organizationId: id } = await app.createPerson()
    await db().update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id))
    for (const gone of [id, newId()])
      await expect(count(gone)).rejects.toMatchObject({ reason: 'users.organization_not_found' })
  })
})
