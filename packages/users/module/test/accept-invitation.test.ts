import { emailChanged } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { AppError } from '@lightpress/protocol'
import { users as contract } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invitation, person } from '../src/schema.ts'
import {
  changeSeats,
  expire,
  moveTo,
  newEmail,
  rowsOf,
  setState,
  startWithSeats,
  tokenOf,
} from './invitation-support.ts'
import type { App } from './support.ts'
import { activityOf, addMember, createTeam, dbOf, membershipChangesOf, outcome, rolesIn } from './team.ts'

let app: App
let seats: Map<string, number>

beforeAll(async () => {
  ;({ app, seats } = await startWithSeats())
})
afterAll(() => app.close())

/** An organisation that has invited somebody who has an account. */
async function createInvited(role: 'member' | 'admin' | 'owner' = 'member') {
  const { id, people } = await createTeam(app, ['owner'])
  const [owner] = people
  const guest = await app.createPerson('Guest')
  const { id: invitationId } = await owner.client.inviteMember({ id, email: guest.email.toUpperCase(), role })
  return { id, owner, guest, invitationId, token: await tokenOf(app, invitationId) }
}

type Invited = Awaited<ReturnType<typeof createInvited>>

const acceptFor = (invitationId: string, userId: string) => app.internal.acceptInvitationFor({ invitationId, userId })

/** Nobody came in, and whoever it is for still can. */
async function expectUntouched({ id, owner }: Invited) {
  expect([...(await rolesIn(app, id)).keys()]).toEqual([owner.userId])
  expect(await rowsOf(app, id)).toMatchObject([{ acceptedAt: null, acceptedBy: null }])
  expect(await activityOf(app, id, 'member_joined')).toEqual([])
}

describe('whoever is invited', () => {
  it('joins with the role that they were invited for, and again is the same as once', async () => {
    const { id, guest, token, invitationId } = await createInvited('admin')
    const joined = await guest.client.acceptInvitation({ token })
    expect(joined).toMatchObject({ id, name: 'Analytical Engines', role: 'admin', memberCount: 2 })
    expect(await guest.client.acceptInvitation({ token })).toEqual(joined)
    expect(await acceptFor(invitationId, guest.userId)).toEqual({ organizationId: id })
    const { userId } = guest
    expect(await activityOf(app, id, 'member_joined')).toMatchObject([
      { actorId: userId, userId, invitationId, role: 'admin' },
    ])
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([
      { organizationId: id, userId, change: 'joined', role: 'admin', actorId: userId },
    ])
    expect(await rowsOf(app, id)).toMatchObject([{ acceptedBy: userId }])
  })

  it('does not come back by a link that they have used, once they are out', async () => {
    const { id, owner, guest, token, invitationId } = await createInvited()
    await guest.client.acceptInvitation({ token })
    await owner.client.removeMember({ id, userId: guest.userId })
    expect(await outcome(guest.client.acceptInvitation({ token }))).toBe('users.invitation_invalid')
    expect(await acceptFor(invitationId, guest.userId)).toEqual({ organizationId: null })
    expect((await rolesIn(app, id)).has(guest.userId)).toBe(false)
    // But by a new one.
    const { id: another } = await owner.client.inviteMember({ id, email: guest.email, role: 'member' })
    expect(await outcome(guest.client.acceptInvitation({ token: await tokenOf(app, another) }))).toBe('done')
  })

  it('keeps the role that they have, if they are in already, and uses the invitation up', async () => {
    for (const [has, given] of [
      ['member', 'admin'],
      ['owner', 'member'],
    ] as const) {
      const invited = await createInvited(given)
      const { id, guest, token } = invited
      await addMember(app, { id, userId: guest.userId, role: has })
      expect(await guest.client.acceptInvitation({ token })).toMatchObject({ role: has })
      expect((await rolesIn(app, id)).get(guest.userId)).toBe(has)
      expect(await rowsOf(app, id)).toMatchObject([{ acceptedBy: guest.userId }])
      expect(await activityOf(app, id, 'member_joined')).toEqual([])
      expect((await membershipChangesOf(app, id)).length).toBe(1)
    }
  })

  it('sees before what it is about, signed in or not', async () => {
    const { id, guest, token } = await createInvited('admin')
    const [row] = await rowsOf(app, id)
    expect(await app.as(contract).previewInvitation({ token })).toEqual({
      ...{ organizationName: 'Analytical Engines', organizationLogoUrl: null, inviterName: 'owner' },
      ...{ email: guest.email.toUpperCase(), role: 'admin', expiresAt: row!.expiresAt.toISOString() },
    })
  })
})

describe('somebody else who holds the link', () => {
  it('is told for whom it is, and nothing happens', async () => {
    const invited = await createInvited()
    const stranger = await app.createPerson('Stranger')
    await expect(stranger.client.acceptInvitation({ token: invited.token })).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'users.invitation_for_another',
      message: expect.stringContaining(invited.guest.email.toUpperCase()) as string,
    })
    await expectUntouched(invited)
    expect(await outcome(invited.guest.client.acceptInvitation({ token: invited.token }))).toBe('done')
    // It was used by another: to them it is like any that is used up.
    expect(await outcome(stranger.client.acceptInvitation({ token: invited.token }))).toBe('users.invitation_invalid')
  })

  it('may have had the address until a moment ago, which the copy does not know yet', async () => {
    const invited = await createInvited()
    moveTo(app, invited.guest, newEmail())
    expect(await outcome(invited.guest.client.acceptInvitation({ token: invited.token }))).toBe(
      'users.invitation_for_another',
    )
    await expectUntouched(invited)
  })

  it('joins when the address has become theirs, which the copy does not know yet', async () => {
    const { id, guest, token } = await createInvited()
    const heir = await app.createPerson('Heir')
    moveTo(app, guest, newEmail())
    moveTo(app, heir, guest.email)
    expect(await heir.client.acceptInvitation({ token })).toMatchObject({ id, role: 'member' })
    // What the events bring later is the same.
    for (const { userId } of [guest, heir]) await app.deliver(emailChanged, { userId })
    expect([...(await rolesIn(app, id)).keys()]).toContain(heir.userId)
  })

  it('is nobody without an account here', async () => {
    const invited = await createInvited()
    const nobody = app.as(contract, { userId: newId() })
    expect(await outcome(nobody.acceptInvitation({ token: invited.token }))).toBe('users.user_not_found')
    expect(await outcome(app.as(contract).acceptInvitation({ token: invited.token }))).toBe('request.sign_in_required')
    await dbOf(app).update(person).set({ closedAt: new Date() }).where(eq(person.id, invited.guest.userId))
    expect(await outcome(invited.guest.client.acceptInvitation({ token: invited.token }))).toBe('users.user_not_found')
    await expectUntouched(invited)
  })
})

describe('a link that is not good', () => {
  async function answersTo({ token, guest }: Invited) {
    const told = [guest.client.acceptInvitation({ token }), app.as(contract).previewInvitation({ token })]
    return Promise.all(
      told.map((one) => one.catch(({ code, reason, message }: AppError) => ({ code, reason, message }))),
    )
  }

  it('answers the same whatever is wrong with it', async () => {
    const setInviter = (change: Partial<typeof person.$inferInsert>) => (invited: Invited) =>
      dbOf(app).update(person).set(change).where(eq(person.id, invited.owner.userId))
    const ends: Record<string, (invited: Invited) => unknown> = {
      revoked: ({ id, owner, invitationId }) => owner.client.revokeInvitation({ id, invitationId }),
      expired: async (invited) => {
        await expire(app, invited.invitationId)
        invited.token = await tokenOf(app, invited.invitationId)
      },
      'of a mail before the last': ({ id, owner, invitationId }) => owner.client.resendInvitation({ id, invitationId }),
      'of an inviter who is suspended': setInviter({ suspendedAt: new Date() }),
      'of an inviter who is being erased': setInviter({ closedAt: new Date() }),
      'of an organisation that is being erased': ({ id }) => setState(app, id, 'closedAt'),
      'of somebody who was erased': ({ invitationId }) =>
        dbOf(app).update(invitation).set({ email: null, emailKey: null }).where(eq(invitation.id, invitationId)),
      deleted: ({ invitationId }) => dbOf(app).delete(invitation).where(eq(invitation.id, invitationId)),
    }
    const answers = new Set<string>()
    for (const end of Object.values(ends)) {
      const invited = await createInvited()
      await end(invited)
      for (const answer of await answersTo(invited)) answers.add(JSON.stringify(answer))
      expect(await app.internal.readInvitation({ token: invited.token })).toEqual({ invitation: null })
      expect([...(await rolesIn(app, invited.id)).keys()]).toEqual([invited.owner.userId])
    }
    expect([...answers].map((answer) => JSON.parse(answer) as unknown)).toEqual([
      {
        code: 'invalid',
        reason: 'users.invitation_invalid',
        message: 'This invitation does not work any more. Ask whoever invited you for a new one.',
      },
    ])
  })

  it('may be rubbish, or made of the parts of good ones', async () => {
    const [one, other] = [await createInvited(), await createInvited()]
    const [id, time, mac] = one.token.split('.') as [string, string, string]
    const [otherId, otherTime, otherMac] = other.token.split('.') as [string, string, string]
    const rubbish = ['', '.', '..', 'nonsense', id, `${id}.`, `${id}.${time}`, `.${time}.${mac}`, `${id}..${mac}`]
    rubbish.push(`${id}.${time}.${otherMac}`, `${otherId}.${time}.${mac}`, `${otherId}.${otherTime}.${mac}`)
    rubbish.push(`${id}.${Number(time) + 1}.${mac}`, `${id}.${mac}`, `${id}.${time}.${mac.slice(0, -1)}`)
    rubbish.push(`${id}.${time}.${'A'.repeat(43)}`, `${id.toUpperCase()}.${time}.${mac}`, `${one.token}.${mac}`)
    rubbish.push(`${one.token}=`, ` ${one.token}`, '✉️.☃', 'x'.repeat(500), "' or 1=1 --.x")
    for (const token of rubbish) {
      expect([token, await outcome(one.guest.client.acceptInvitation({ token }))]).toEqual([
        token,
        'users.invitation_invalid',
      ])
      expect(await outcome(app.as(contract).previewInvitation({ token }))).toBe('users.invitation_invalid')
      expect(await app.internal.readInvitation({ token })).toEqual({ invitation: null })
    }
    await expectUntouched(one)
    await expectUntouched(other)
    expect(await outcome(one.guest.client.acceptInvitation({ token: one.token }))).toBe('done')
  })
})

describe('an organisation that nobody joins for now', () => {
  it('is suspended, which is said, and lets the same link in when it is restored', async () => {
    const invited = await createInvited()
    const { guest, token, invitationId } = invited
    await setState(app, invited.id, 'suspendedAt')
    expect(await outcome(guest.client.acceptInvitation({ token }))).toBe('users.organization_suspended')
    expect(await outcome(app.as(contract).previewInvitation({ token }))).toBe('users.organization_suspended')
    expect(await app.internal.readInvitation({ token })).toEqual({ invitation: null })
    expect(await acceptFor(invitationId, guest.userId)).toEqual({ organizationId: null })
    await expectUntouched(invited)
  })

  it('has no seat left in a plan that shrank: those get in who come first, and the others may later', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    const guests = await Promise.all(['One', 'Two', 'Three'].map((name) => app.createPerson(name)))
    const tokens: string[] = []
    for (const { email } of guests)
      tokens.push(await tokenOf(app, (await client.inviteMember({ id, email, role: 'member' })).id))
    await changeSeats(app, seats, [id, 2])
    expect(await outcome(guests[2]!.client.acceptInvitation({ token: tokens[2]! }))).toBe('done')
    await expect(guests[0]!.client.acceptInvitation({ token: tokens[0]! })).rejects.toMatchObject({
      code: 'conflict',
      reason: 'users.seat_limit',
      message: expect.stringContaining('Ask whoever invited you to make room') as string,
    })
    expect(await acceptFor(tokens[1]!.split('.')[0]!, guests[1]!.userId)).toEqual({ organizationId: null })
    await changeSeats(app, seats, [id, 3])
    expect(await outcome(guests[0]!.client.acceptInvitation({ token: tokens[0]! }))).toBe('done')
    expect(await outcome(guests[0]!.client.acceptInvitation({ token: tokens[0]! }))).toBe('done')
    expect((await rolesIn(app, id)).size).toBe(3)
  })
})

describe('whoever registers by the link', () => {
  it('is read by auth with what an account needs, and brought in on its word', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    await dbOf(app).update(person).set({ locale: 'de' }).where(eq(person.id, people[0].userId))
    const email = newEmail()
    const { id: invitationId } = await people[0].client.inviteMember({ id, email, role: 'member' })
    const read = await app.internal.readInvitation({ token: await tokenOf(app, invitationId) })
    expect(read).toEqual({ invitation: { id: invitationId, organizationId: id, email, locale: 'de' } })
    const userId = newId()
    await app.internal.createUser({ userId, email, name: 'Grace', locale: 'de' })
    for (let time = 0; time < 2; time++) expect(await acceptFor(invitationId, userId)).toEqual({ organizationId: id })
    expect((await rolesIn(app, id)).get(userId)).toBe('member')
    // Nobody else comes in by it.
    const other = await app.createPerson()
    expect(await acceptFor(invitationId, other.userId)).toEqual({ organizationId: null })
    expect(await acceptFor(newId(), userId)).toEqual({ organizationId: null })
    expect(await activityOf(app, id, 'member_joined')).toHaveLength(1)
  })
})
