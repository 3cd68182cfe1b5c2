import { newId } from '@lightpress/kernel'
import { users as contract } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { person } from '../src/schema.ts'
import { mailOf, newEmail, rowsOf, startWithSeats, tokenOf } from './invitation-support.ts'
import type { App } from './support.ts'
import { activityOf, createTeam, dbOf, outcome, rolesIn, type Person } from './team.ts'

let app: App

beforeAll(async () => {
  ;({ app } = await startWithSeats())
})
afterAll(() => app.close())

const everyRole = ['member', 'admin', 'owner'] as const

/** Two owners, one of whom has invited somebody with each role, as has the other. */
async function createInviting() {
  const { id, people } = await createTeam(app, ['owner', 'owner'])
  const [inviter, other] = people
  const inviteEach = async ({ client }: Person) => {
    for (const role of everyRole) await client.inviteMember({ id, email: newEmail(), role })
  }
  await inviteEach(inviter)
  await inviteEach(other)
  return { id, inviter, other }
}

type Inviting = Awaited<ReturnType<typeof createInviting>>

/** The roles of those by somebody that can be accepted still, by whether a mail would be written. */
async function goodOf(id: string, { userId }: Person) {
  const rows = (await rowsOf(app, id)).filter(({ invitedBy }) => invitedBy === userId)
  const mails = await Promise.all(rows.map((row) => mailOf(app, row.id)))
  return mails.flatMap((mail) => mail?.role ?? [])
}

const endings: [string, (inviting: Inviting) => Promise<unknown>, string[]][] = [
  ['is removed', ({ id, inviter, other }) => other.client.removeMember({ id, userId: inviter.userId }), []],
  ['leaves', ({ id, inviter }) => inviter.client.removeMember({ id, userId: inviter.userId }), []],
  ['is erased', ({ inviter }) => inviter.client.eraseMe({}), []],
  ['is made a member', ({ id, inviter, other }) => setRole({ id, by: other, whom: inviter, role: 'member' }), []],
  [
    'is made an admin',
    ({ id, inviter, other }) => setRole({ id, by: other, whom: inviter, role: 'admin' }),
    ['member', 'admin'],
  ],
  [
    'hands the organisation over',
    ({ id, inviter, other }) => inviter.client.transferOrganization({ id, userId: other.userId }),
    ['member', 'admin'],
  ],
]

const setRole = ({ id, by, whom, role }: { id: string; by: Person; whom: Person; role: 'admin' | 'member' }) =>
  by.client.updateMember({ id, userId: whom.userId, role })

describe('what somebody has invited to', () => {
  it.each(endings)('when they are not who they were: %s', async (_what, end, left) => {
    const inviting = await createInviting()
    const { id, inviter, other } = inviting
    expect(await goodOf(id, inviter)).toEqual(everyRole)
    await end(inviting)
    expect(await goodOf(id, inviter)).toEqual(left)
    // Of nobody else.
    expect(await goodOf(id, other)).toEqual(everyRole)
    const revoked = (await rowsOf(app, id)).filter(({ revokedAt }) => revokedAt !== null)
    const lines = await activityOf(app, id, 'invitation_revoked')
    expect(lines.map(({ invitationId }) => invitationId).sort()).toEqual(revoked.map((row) => row.id).sort())
    expect(revoked).toHaveLength(everyRole.length - left.length)
  })

  it('stays where they are made more than they were', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const [owner, admin] = people
    await admin.client.inviteMember({ id, email: newEmail(), role: 'admin' })
    await owner.client.updateMember({ id, userId: admin.userId, role: 'owner' })
    expect(await goodOf(id, admin)).toEqual(['admin'])
    expect(await activityOf(app, id, 'invitation_revoked')).toEqual([])
  })

  it('waits while they are suspended, and is good again when they are restored', async () => {
    const { id, inviter } = await createInviting()
    const operator = app.operator()
    const [row] = (await rowsOf(app, id)).filter(({ invitedBy }) => invitedBy === inviter.userId)
    const token = await tokenOf(app, row!.id)
    await operator.client.suspendUser({ id: inviter.userId })
    expect(await goodOf(id, inviter)).toEqual([])
    expect(await outcome(app.as(contract).previewInvitation({ token }))).toBe('users.invitation_invalid')
    await operator.client.restoreUser({ id: inviter.userId })
    expect(await goodOf(id, inviter)).toEqual(everyRole)
    expect(await outcome(app.as(contract).previewInvitation({ token }))).toBe('done')
  })

  it('is sent again in the name of whoever sends it, if whoever invited is suspended', async () => {
    const { id, inviter, other } = await createInviting()
    const [row] = (await rowsOf(app, id)).filter(({ invitedBy }) => invitedBy === inviter.userId)
    await dbOf(app).update(person).set({ suspendedAt: new Date() }).where(eq(person.id, inviter.userId))
    const sent = await other.client.resendInvitation({ id, invitationId: row!.id })
    expect(sent.invitedBy.id).toBe(other.userId)
    expect(await mailOf(app, row!.id)).toMatchObject({ email: row!.email })
  })
})

it('lets no owner who was put out come in again by another mailbox', async () => {
  const { id, people } = await createTeam(app, ['owner', 'owner'])
  const [attacker, owner] = people
  const email = newEmail()
  const { id: invitationId } = await attacker.client.inviteMember({ id, email, role: 'owner' })
  const token = await tokenOf(app, invitationId)
  await owner.client.removeMember({ id, userId: attacker.userId })

  // As auth does for whoever registers by the link.
  expect(await app.internal.readInvitation({ token })).toEqual({ invitation: null })
  const userId = newId()
  await app.internal.createUser({ userId, email, name: 'Back Door', locale: 'en' })
  app.addresses.set(userId, email)
  expect(await app.internal.acceptInvitationFor({ invitationId, userId })).toEqual({ organizationId: null })
  expect(await outcome(app.as(contract, { userId }).acceptInvitation({ token }))).toBe('users.invitation_invalid')
  expect([...(await rolesIn(app, id)).keys()]).toEqual([owner.userId])
})
