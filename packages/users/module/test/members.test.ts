import { newId } from '@lightpress/kernel'
import type { Role } from '@lightpress/protocol'
import { users as contract } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { organization } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import {
  activityOf,
  addMember,
  createTeam,
  dbOf,
  membershipChangesOf,
  outcome,
  ownersOf,
  roleChangesOf,
  rolesIn,
} from './team.ts'

let app: App

beforeAll(async () => {
  app = await startUsers()
})
afterAll(() => app.close())

const suspend = (id: string) =>
  dbOf(app).update(organization).set({ suspendedAt: new Date() }).where(eq(organization.id, id))
const suspendPerson = (id: string) => app.operator().client.suspendUser({ id })

const removed = { status: 'removed' }

/** Asked, and asked again because no answer came. */
const twice = async <T>(ask: () => Promise<T>): Promise<T[]> => [await ask(), await ask()]

/** Nothing of it was done: nobody was told, nothing stands in the log. */
async function expectUntouched(id: string, before: Map<string, Role>) {
  expect(await rolesIn(app, id)).toEqual(before)
  expect(await membershipChangesOf(app, id)).toMatchObject([{ change: 'joined' }])
  expect(await activityOf(app, id)).toMatchObject([{ action: 'organization_created' }])
}

describe('the members', () => {
  it('are listed for any of them in the order in which they joined', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const roles = ['owner', 'admin', 'member']
    const { items, nextCursor } = await people[2].client.listMembers({ id })
    expect(items).toMatchObject(
      people.map(({ userId, email }, at) => ({ userId, email, name: roles[at], role: roles[at], avatarUrl: null })),
    )
    expect(nextCursor).toBeNull()
  })

  it('are found by role, and by part of a name or an address, whatever its case and script', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const names = ['Zoë Straße', 'ΑΔΑ Λάβλεϊς', 'Ада Лавлейс', '100% _real_ \\o/', 'Agnès']
    const added = await Promise.all(names.map((name) => app.createPerson(name)))
    for (const { userId } of added) await addMember(app, { id, userId, role: 'admin' })
    const find = async (query: string, role?: Role) =>
      (await people[0].client.listMembers({ id, query, ...(role && { role }) })).items.map(({ name }) => name)
    expect(await find('zoË s')).toEqual(['Zoë Straße'])
    expect(await find('αδα')).toEqual(['ΑΔΑ Λάβλεϊς'])
    expect(await find('АДА')).toEqual(['Ада Лавлейс'])
    // As macOS writes it: an e, and its accent.
    expect(await find('agne\u0300s')).toEqual(['Agnès'])
    expect(await find(added[1]!.email.toUpperCase())).toEqual(['ΑΔΑ Λάβλεϊς'])
    for (const literal of ['%', '_', '\\', '% _', '\\o/']) expect(await find(literal)).toEqual(['100% _real_ \\o/'])
    expect(await find('owner', 'owner')).toEqual(['owner'])
    expect(await find('owner', 'admin')).toEqual([])
    expect((await people[0].client.listMembers({ id, role: 'admin' })).items).toHaveLength(names.length)
  })

  it('are not those who are being erased', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [owner, admin, member] = people
    await admin.client.eraseMe({})
    expect((await owner.client.listMembers({ id })).items.map(({ userId }) => userId)).toEqual([
      owner.userId,
      member.userId,
    ])
    expect(await outcome(owner.client.updateMember({ id, userId: admin.userId, role: 'member' }))).toBe(
      'users.member_not_found',
    )
    expect(await outcome(owner.client.transferOrganization({ id, userId: admin.userId }))).toBe(
      'users.member_not_found',
    )
    expect(await outcome(admin.client.listMembers({ id }))).toBe('users.organization_not_found')
    expect(await outcome(admin.client.updateOrganization({ id, name: 'X' }))).toBe('users.organization_not_found')
  })
})

describe('giving a role', () => {
  it('is told to those whom it concerns, once', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [owner, { userId }] = people
    const given = await owner.client.updateMember({ id, userId, role: 'admin' })
    expect(given).toMatchObject({ userId, role: 'admin' })
    expect(await owner.client.updateMember({ id, userId, role: 'admin' })).toEqual(given)
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([
      { organizationId: id, userId, change: 'role', role: 'admin', actorId: owner.userId },
    ])
    expect(await roleChangesOf(app, userId)).toEqual([{ userId, change: 'role', actorId: owner.userId }])
    expect((await activityOf(app, id)).slice(1)).toMatchObject([
      { action: 'role_changed', actorId: owner.userId, userId, role: 'admin', formerRole: 'member' },
    ])
    expect(await app.internal.readPrincipal({ userId, organizationId: id })).toMatchObject({
      membership: { role: 'admin' },
    })
  })

  it.each<[Role, Role, Role]>([
    ['admin', 'member', 'owner'],
    ['admin', 'owner', 'admin'],
    ['admin', 'owner', 'owner'],
    ['member', 'member', 'admin'],
    ['member', 'admin', 'admin'],
  ])('is refused to somebody who is %s, of %s to %s', async (role, from, to) => {
    const { id, people } = await createTeam(app, ['owner', role, from])
    const before = await rolesIn(app, id)
    const asked = people[1].client.updateMember({ id, userId: people[2].userId, role: to })
    await expect(asked).rejects.toMatchObject({ code: 'forbidden', reason: 'users.role_too_low' })
    await expectUntouched(id, before)
  })

  it('to oneself: nobody raises themselves, anybody steps down, and again is the same', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'admin', 'member'])
    const [, second, admin, member] = people
    expect(await outcome(member.client.updateMember({ id, userId: member.userId, role: 'admin' }))).toBe(
      'users.role_too_low',
    )
    expect(await outcome(admin.client.updateMember({ id, userId: admin.userId, role: 'owner' }))).toBe(
      'users.role_too_low',
    )
    const stepDown = () => second.client.updateMember({ id, userId: second.userId, role: 'member' })
    expect(await twice(stepDown)).toMatchObject([{ role: 'member' }, { role: 'member' }])
    expect(await activityOf(app, id, 'role_changed')).toHaveLength(1)
  })

  it('leaves an owner, and whoever is suspended is none', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'admin'])
    const [first, second] = people
    await suspendPerson(second.userId)
    const before = await rolesIn(app, id)
    const stepDown = first.client.updateMember({ id, userId: first.userId, role: 'admin' })
    await expect(stepDown).rejects.toMatchObject({ code: 'conflict', reason: 'users.last_owner' })
    await expectUntouched(id, before)
  })

  it('to who is not a member is refused', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const { userId } = await app.createPerson()
    await expect(people[0].client.updateMember({ id, userId, role: 'admin' })).rejects.toMatchObject({
      code: 'not_found',
      reason: 'users.member_not_found',
    })
  })
})

describe('removing a member', () => {
  it('is told to those whom it concerns, once, and they see nothing of it any more', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [, admin, { userId, client }] = people
    expect(await twice(() => admin.client.removeMember({ id, userId }))).toEqual([removed, removed])
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([
      { organizationId: id, userId, change: 'removed', role: null, actorId: admin.userId },
    ])
    expect(await roleChangesOf(app, userId)).toEqual([{ userId, change: 'role', actorId: admin.userId }])
    expect((await activityOf(app, id)).slice(1)).toMatchObject([
      { action: 'member_removed', actorId: admin.userId, userId, formerRole: 'member' },
    ])
    expect(await outcome(client.getOrganization({ id }))).toBe('users.organization_not_found')
    expect((await client.listOrganizations()).items.map((item) => item.id)).not.toContain(id)
    expect(await app.internal.readPrincipal({ userId, organizationId: id })).toMatchObject({ membership: null })
  })

  it.each<[Role, Role]>([
    ['admin', 'owner'],
    ['member', 'admin'],
    ['member', 'member'],
  ])('is refused to somebody who is %s, of somebody who is %s', async (role, other) => {
    const { id, people } = await createTeam(app, ['owner', role, other])
    const before = await rolesIn(app, id)
    const asked = people[1].client.removeMember({ id, userId: people[2].userId })
    await expect(asked).rejects.toMatchObject({ code: 'forbidden', reason: 'users.role_too_low' })
    await expectUntouched(id, before)
  })

  it('goes for owners among each other', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner'])
    await people[1].client.removeMember({ id, userId: people[0].userId })
    expect(await ownersOf(app, id)).toEqual([people[1].userId])
  })
})

describe('leaving', () => {
  it('is told to those whom it concerns, once', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const { userId, client } = people[1]
    expect(await twice(() => client.removeMember({ id, userId }))).toEqual([removed, removed])
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([
      { organizationId: id, userId, change: 'left', role: null, actorId: userId },
    ])
    expect(await roleChangesOf(app, userId)).toHaveLength(1)
    expect((await activityOf(app, id)).slice(1)).toMatchObject([
      { action: 'member_left', actorId: userId, userId, formerRole: 'member' },
    ])
  })

  it('what one was never in, or was removed from, is not there to be left', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [owner, { userId, client }] = people
    const stranger = await app.createPerson()
    const absent = 'users.organization_not_found'
    expect(await outcome(stranger.client.removeMember({ id, userId: stranger.userId }))).toBe(absent)
    await owner.client.removeMember({ id, userId })
    expect(await outcome(client.removeMember({ id, userId }))).toBe(absent)
  })

  it('is refused to the last owner who can come in', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'admin'])
    const [first, second, admin] = people
    await suspendPerson(second.userId)
    const refused = { code: 'conflict', reason: 'users.last_owner' }
    await expect(first.client.removeMember({ id, userId: first.userId })).rejects.toMatchObject(refused)
    await first.client.updateMember({ id, userId: admin.userId, role: 'owner' })
    expect(await outcome(first.client.removeMember({ id, userId: first.userId }))).toBe('done')
  })

  it('works from a suspended organisation, in which nothing else can be changed', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [owner, admin, member] = people
    await suspend(id)
    expect((await member.client.listOrganizations()).items).toContainEqual(
      expect.objectContaining({ id, suspended: true, role: 'member' }),
    )
    expect(await owner.client.getOrganization({ id })).toMatchObject({ suspended: true, memberCount: 3 })
    expect((await admin.client.listMembers({ id })).items).toHaveLength(3)
    expect((await admin.client.listOrganizationActivity({ id })).items).toHaveLength(1)
    const { userId } = member
    const refused = [
      owner.client.updateOrganization({ id, name: 'X' }),
      owner.client.updateMember({ id, userId, role: 'admin' }),
      owner.client.updateMember({ id, userId: owner.userId, role: 'admin' }),
      owner.client.removeMember({ id, userId }),
      owner.client.transferOrganization({ id, userId: admin.userId }),
    ]
    expect(await Promise.all(refused.map(outcome))).toEqual(refused.map(() => 'users.organization_suspended'))
    expect(await outcome(owner.client.removeMember({ id, userId: owner.userId }))).toBe('users.last_owner')
    expect(await twice(() => member.client.removeMember({ id, userId }))).toEqual([removed, removed])
    expect([...(await rolesIn(app, id)).keys()]).not.toContain(userId)
  })
})

describe('handing an organisation over', () => {
  it('makes the other one owner and the asker admin, once', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [former, { userId, client }] = people
    const transfer = () => former.client.transferOrganization({ id, userId })
    expect(await twice(transfer)).toMatchObject([
      { id, role: 'admin' },
      { id, role: 'admin' },
    ])
    expect(await rolesIn(app, id)).toEqual(
      new Map<string, Role>([
        [userId, 'owner'],
        [former.userId, 'admin'],
      ]),
    )
    const about = { organizationId: id, change: 'ownership', actorId: former.userId }
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([
      { ...about, userId, role: 'owner' },
      { ...about, userId: former.userId, role: 'admin' },
    ])
    for (const one of people) expect(await roleChangesOf(app, one.userId)).toHaveLength(1)
    expect((await activityOf(app, id)).slice(1)).toMatchObject([
      { action: 'ownership_transferred', actorId: former.userId, userId, role: 'owner', formerRole: 'member' },
    ])
    expect(await client.getOrganization({ id })).toMatchObject({ role: 'owner' })
  })

  it('to another owner takes the asker out of the row, and tells that one nothing new', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner'])
    await people[0].client.transferOrganization({ id, userId: people[1].userId })
    expect(await ownersOf(app, id)).toEqual([people[1].userId])
    expect(await roleChangesOf(app, people[1].userId)).toEqual([])
  })

  it('to somebody who is suspended is refused, unless another owner can come in', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member', 'member'])
    const [owner, { userId }, third] = people
    await suspendPerson(userId)
    const before = await rolesIn(app, id)
    expect(await outcome(owner.client.transferOrganization({ id, userId }))).toBe('users.last_owner')
    await expectUntouched(id, before)
    await owner.client.updateMember({ id, userId: third.userId, role: 'owner' })
    expect(await outcome(owner.client.transferOrganization({ id, userId }))).toBe('done')
  })

  it('is for owners, and to members', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [owner, admin, member] = people
    const stranger = await app.createPerson()
    const before = await rolesIn(app, id)
    const asked = (by: typeof owner, userId: string) => outcome(by.client.transferOrganization({ id, userId }))
    expect(await asked(admin, member.userId)).toBe('users.role_too_low')
    expect(await asked(admin, admin.userId)).toBe('users.role_too_low')
    expect(await asked(member, owner.userId)).toBe('users.role_too_low')
    expect(await asked(owner, stranger.userId)).toBe('users.member_not_found')
    expect(await asked(owner, owner.userId)).toBe('request.invalid')
    await expectUntouched(id, before)
  })

  it('asks for a proof of who it is, and for nobody else', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const { userId } = people[0]
    const transfer = (identity: object) =>
      outcome(app.as(contract, { userId, ...identity }).transferOrganization({ id, userId: people[1].userId }))
    const longAgo = Math.floor(Date.now() / 1000) - 601
    expect(await transfer({ authenticatedAt: longAgo })).toBe('request.step_up_required')
    expect(await transfer({ impersonatorId: newId() })).toBe('request.impersonating')
    expect(await ownersOf(app, id)).toEqual([userId])
  })
})

describe('a personal organisation', () => {
  it('stays with its person, who stays its owner', async () => {
    const [{ organizationId: id, userId, client }, guest] = await Promise.all([app.createPerson(), app.createPerson()])
    await addMember(app, { id, userId: guest.userId, role: 'owner' })
    const before = await rolesIn(app, id)
    const refused = [
      client.removeMember({ id, userId }),
      client.updateMember({ id, userId, role: 'admin' }),
      client.transferOrganization({ id, userId: guest.userId }),
      guest.client.removeMember({ id, userId }),
      guest.client.updateMember({ id, userId, role: 'member' }),
      guest.client.transferOrganization({ id, userId }),
    ]
    expect(await Promise.all(refused.map(outcome))).toEqual(refused.map(() => 'users.personal_organization'))
    expect(await rolesIn(app, id)).toEqual(before)
    expect(await outcome(guest.client.removeMember({ id, userId: guest.userId }))).toBe('done')
  })
})
