// What happens to invitations at the same moment has one right outcome, whoever comes first.
import type { Tx } from '@lightpress/kernel'
import { createTraps, nightly } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { lockOrganization } from '../src/organization-access.ts'
import { invitation, membership, organization, person } from '../src/schema.ts'
import { sendings } from '../src/sending-limits.ts'
import { mailsFor, newEmail, rowsOf, startWithSeats, tokenOf } from './invitation-support.ts'
import type { App } from './support.ts'
import { activityOf, clientAt, createTeam, membershipChangesOf, outcome, rolesIn, untilWaiting } from './team.ts'

let app: App
let seats: Map<string, number>
let another: Awaited<ReturnType<App['startAnother']>>

beforeAll(async () => {
  ;({ app, seats } = await startWithSeats())
  another = await app.startAnother()
})
afterAll(async () => {
  await another.close()
  await app.close()
})

const rounds = nightly ? 200 : 8
const tally = (outcomes: string[]) => Object.groupBy(outcomes, (one) => one)

async function createInvited(role: 'member' | 'admin' = 'member') {
  const { id, people } = await createTeam(app, ['owner'])
  const guest = await app.createPerson('Guest')
  const { id: invitationId } = await people[0].client.inviteMember({ id, email: guest.email, role })
  return { id, owner: people[0], guest, invitationId, token: await tokenOf(app, invitationId) }
}

/** Holds an organisation as a change of it does, and ends with one. */
async function hold(id: string) {
  const [held, release] = [Promise.withResolvers<void>(), Promise.withResolvers<(tx: Tx) => Promise<unknown>>()]
  const done = app.contextFor('users').withTx(async (tx) => {
    await lockOrganization(tx, id)
    held.resolve()
    await (
      await release.promise
    )(tx)
  })
  await held.promise
  return async (change: (tx: Tx) => Promise<unknown>) => {
    release.resolve(change)
    await done
  }
}

/** What becomes of a request that found everything well, and waits for its turn while something changes. */
async function meanwhile(id: string, request: () => Promise<unknown>, change: (tx: Tx) => Promise<unknown>) {
  const release = await hold(id)
  const answer = outcome(request())
  await untilWaiting(app, 1)
  await release(change)
  return answer
}

describe('accepting', () => {
  it('in twenty tabs, at two processes, makes one membership, said once', async () => {
    const { id, guest, token } = await createInvited('admin')
    const elsewhere = clientAt(app, { baseUrl: another.baseUrl, userId: guest.userId })
    const tabs = Array.from({ length: 20 }, (_, at) => (at % 2 ? elsewhere : guest.client))
    const answers = await Promise.all(tabs.map((client) => client.acceptInvitation({ token })))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect((await rolesIn(app, id)).get(guest.userId)).toBe('admin')
    expect((await membershipChangesOf(app, id)).length).toBe(2)
    expect(await activityOf(app, id, 'member_joined')).toHaveLength(1)
  })

  it('by two people lets in the one who has the address', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id, owner, guest, token } = await createInvited()
      const stranger = await app.createPerson('Stranger')
      const [theirs, strangers] = await Promise.all(
        [guest, stranger].map(({ client }) => outcome(client.acceptInvitation({ token }))),
      )
      expect(theirs).toBe('done')
      expect(['users.invitation_for_another', 'users.invitation_invalid']).toContain(strangers)
      expect([...(await rolesIn(app, id)).keys()].sort()).toEqual([owner.userId, guest.userId].sort())
    }
  })

  it('by two people on the word of auth lets in one', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id, guest, invitationId } = await createInvited()
      const other = await app.createPerson()
      const answers = await Promise.all(
        [guest, other].map(({ userId }) => app.internal.acceptInvitationFor({ invitationId, userId })),
      )
      expect(answers.filter(({ organizationId }) => organizationId === id)).toHaveLength(1)
      expect((await rolesIn(app, id)).size).toBe(2)
    }
  })

  it('and revoking: either they are in, and it says so, or the link is worthless', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id, owner, guest, token, invitationId } = await createInvited()
      const [accepted, revoked] = await Promise.all([
        outcome(guest.client.acceptInvitation({ token })),
        outcome(owner.client.revokeInvitation({ id, invitationId })),
      ])
      expect(['done users.already_member', 'users.invitation_invalid done']).toContain(`${accepted} ${revoked}`)
      expect((await rolesIn(app, id)).has(guest.userId)).toBe(accepted === 'done')
      const [row] = await rowsOf(app, id)
      expect([row?.acceptedAt === null, row?.revokedAt === null]).toEqual([accepted !== 'done', accepted === 'done'])
    }
  })

  it.each([
    [
      'the organisation is being erased',
      'users.invitation_invalid',
      (tx: Tx, { id }: { id: string }) =>
        tx.update(organization).set({ closedAt: new Date() }).where(eq(organization.id, id)),
    ],
    [
      'the organisation is suspended',
      'users.organization_suspended',
      (tx: Tx, { id }: { id: string }) =>
        tx.update(organization).set({ suspendedAt: new Date() }).where(eq(organization.id, id)),
    ],
    [
      'it is revoked',
      'users.invitation_invalid',
      (tx: Tx, { id }: { id: string }) =>
        tx.update(invitation).set({ revokedAt: new Date() }).where(eq(invitation.organizationId, id)),
    ],
    [
      'the person is being erased',
      'users.user_not_found',
      (tx: Tx, { guest }: { guest: { userId: string } }) =>
        tx.update(person).set({ closedAt: new Date() }).where(eq(person.id, guest.userId)),
    ],
    [
      'their address becomes another one',
      'users.invitation_for_another',
      (tx: Tx, { guest }: { guest: { userId: string } }) => {
        const email = newEmail()
        return tx.update(person).set({ email, emailKey: email }).where(eq(person.id, guest.userId))
      },
    ],
  ] as const)('while %s is refused', async (_, reason, change) => {
    const invited = await createInvited()
    const { id, owner, guest, token } = invited
    const accept = () => guest.client.acceptInvitation({ token })
    expect(await meanwhile(id, accept, (tx) => change(tx, invited))).toBe(reason)
    expect([...(await rolesIn(app, id)).keys()]).toEqual([owner.userId])
  })
})

describe('inviting', () => {
  it('one address twenty times leaves one invitation, and as many mails as may be', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const email = newEmail()
    const elsewhere = clientAt(app, { baseUrl: another.baseUrl, userId: people[1].userId })
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        outcome((at % 2 ? elsewhere : people[0].client).inviteMember({ id, email, role: 'member' })),
      ),
    )
    const { most } = sendings.address
    expect(tally(outcomes)).toMatchObject({
      done: { length: most },
      'users.too_many_invitations': { length: 20 - most },
    })
    const rows = await rowsOf(app, id)
    expect(rows).toHaveLength(1)
    expect(await mailsFor(app, rows[0]!.id)).toBe(most)
  })

  it('one address by many organisations asks for as many mails as may be', async () => {
    const email = newEmail()
    const { most } = sendings.addressOfAll
    const teams = await Promise.all(Array.from({ length: most + 5 }, () => createTeam(app, ['owner'])))
    const outcomes = await Promise.all(
      teams.map(({ id, people }) => outcome(people[0].client.inviteMember({ id, email, role: 'member' }))),
    )
    expect(tally(outcomes)).toMatchObject({ done: { length: most }, 'users.too_many_invitations': { length: 5 } })
  })

  it('for the last seats fills exactly those, and all who are invited can join', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    seats.set(id, 5)
    const guests = await Promise.all(Array.from({ length: 8 }, () => app.createPerson('Guest')))
    const elsewhere = clientAt(app, { baseUrl: another.baseUrl, userId: people[1].userId })
    const outcomes = await Promise.all(
      guests.map(({ email }, at) =>
        outcome((at % 2 ? elsewhere : people[0].client).inviteMember({ id, email, role: 'member' })),
      ),
    )
    expect(tally(outcomes)).toMatchObject({ done: { length: 3 }, 'users.seat_limit': { length: 5 } })
    const invited = await rowsOf(app, id)
    expect(invited).toHaveLength(3)
    const joined = await Promise.all(
      invited.map(async ({ id: invitationId, email }) => {
        const { client } = guests.find((guest) => guest.email === email)!
        return outcome(client.acceptInvitation({ token: await tokenOf(app, invitationId) }))
      }),
    )
    expect(joined).toEqual(['done', 'done', 'done'])
    expect((await rolesIn(app, id)).size).toBe(5)
  })

  it.each([
    ['removed', 'users.organization_not_found'],
    ['made a member', 'users.role_too_low'],
  ] as const)('by somebody who is %s meanwhile is refused', async (what, reason) => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const [, admin] = people
    const mine = and(eq(membership.organizationId, id), eq(membership.userId, admin.userId))
    const invite = () => admin.client.inviteMember({ id, email: newEmail(), role: 'member' })
    const change = (tx: Tx) =>
      what === 'removed' ? tx.delete(membership).where(mine) : tx.update(membership).set({ role: 'member' }).where(mine)
    expect(await meanwhile(id, invite, change)).toBe(reason)
    expect(await rowsOf(app, id)).toEqual([])
  })

  it('and joining at the same moment leaves a member and no invitation that waits', async () => {
    for (let round = 0; round < rounds; round++) {
      const { id, owner, guest, token } = await createInvited()
      const [accepted, invited] = await Promise.all([
        outcome(guest.client.acceptInvitation({ token })),
        outcome(owner.client.inviteMember({ id, email: guest.email, role: 'admin' })),
      ])
      expect(accepted).toBe('done')
      expect(['done', 'users.already_member']).toContain(invited)
      expect((await rolesIn(app, id)).get(guest.userId)).toBe(invited === 'done' ? 'admin' : 'member')
      expect(await rowsOf(app, id)).toMatchObject([{ acceptedBy: guest.userId }])
    }
  })
})

describe('a death in the middle', () => {
  const { trap, disarm } = createTraps(() => app.contextFor('users'))
  afterEach(() => disarm())

  type Step = readonly [event: string, table: string]
  const moments = ['at once', 'with the commit'] as const
  const deathsIn = (steps: Record<string, Step>) =>
    Object.entries(steps).flatMap(([step, at]) => moments.map((when) => ({ step, at, when })))

  const inviting = deathsIn({
    'the invitation is written': ['insert', 'users.invitation'],
    'it is in the log': ['insert', 'users.activity'],
    'its mail is asked for': ['insert', 'users.outbox'],
  })
  it.each(inviting)('of inviting, when $step ($when), leaves nothing, and the next try all', async ({ at, when }) => {
    const { id, people } = await createTeam(app, ['owner'])
    const email = newEmail()
    const invite = () => outcome(people[0].client.inviteMember({ id, email, role: 'member' }))
    await trap(...at, when)
    expect(await invite()).toBe('database.unavailable')
    await disarm()
    expect([await rowsOf(app, id), await activityOf(app, id, 'member_invited')]).toEqual([[], []])
    expect(await invite()).toBe('done')
    const [row] = await rowsOf(app, id)
    expect(await mailsFor(app, row!.id)).toBe(1)
  })

  const accepting = deathsIn({
    'the membership is written': ['insert', 'users.membership'],
    'it is in the log': ['insert', 'users.activity'],
    'it is said': ['insert', 'users.outbox'],
    'the invitation is used up': ['update', 'users.invitation'],
  })

  it.each(accepting)('of accepting, when $step ($when), leaves nothing, and the next try all', async ({ at, when }) => {
    const { id, guest, token, invitationId } = await createInvited()
    await trap(...at, when)
    expect(await outcome(guest.client.acceptInvitation({ token }))).toBe('database.unavailable')
    const asked = app.internal.acceptInvitationFor({ invitationId, userId: guest.userId })
    expect(await outcome(asked)).toBe('database.unavailable')
    await disarm()
    expect([(await rolesIn(app, id)).size, (await membershipChangesOf(app, id)).length]).toEqual([1, 1])
    expect(await outcome(guest.client.acceptInvitation({ token }))).toBe('done')
    expect(await activityOf(app, id, 'member_joined')).toHaveLength(1)
    expect([(await rolesIn(app, id)).size, (await membershipChangesOf(app, id)).length]).toEqual([2, 2])
  })
})
