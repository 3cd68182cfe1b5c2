import { newId } from '@lightpress/kernel'
import { createHttpClient, routesOf } from '@lightpress/protocol'
import { users as contract } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UsersContext } from '../src/context.ts'
import { forgetInvited } from '../src/forget-invited.ts'
import { invitation, person, sending } from '../src/schema.ts'
import { sendingKeys, sendings, sweepSendings } from '../src/sending-limits.ts'
import { expire, mailOf, mailsFor, newEmail, rowsOf, setState, startWithSeats, tokenOf } from './invitation-support.ts'
import type { App } from './support.ts'
import { activityOf, addMember, createTeam, dbOf, outcome } from './team.ts'

let app: App
let seats: Map<string, number>

beforeAll(async () => {
  ;({ app, seats } = await startWithSeats())
})
afterAll(() => app.close())

const day = 24 * 60 * 60 * 1000

/** All that was sent until now was sent so much earlier. */
const letPass = (time: string) =>
  dbOf(app)
    .update(sending)
    .set({ at: sql`${sending.at} - ${time}::interval` })

describe('an invitation', () => {
  it('waits for seven days, asks for one mail, and stands in the log without its address', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const email = `New.${newEmail()}`
    const before = Date.now()
    const invited = await people[0].client.inviteMember({ id, email, role: 'admin' })
    expect(invited).toMatchObject({
      email,
      role: 'admin',
      state: 'pending',
      invitedBy: { id: people[0].userId, name: 'owner' },
    })
    const lifetime = Date.parse(invited.expiresAt) - before
    expect(lifetime).toBeGreaterThanOrEqual(7 * day)
    expect(lifetime).toBeLessThan(7 * day + 60_000)
    expect(await mailsFor(app, invited.id)).toBe(1)
    const [, logged] = await activityOf(app, id)
    expect(logged).toMatchObject({ action: 'member_invited', actorId: people[0].userId, invitationId: invited.id })
    expect(JSON.stringify([logged, await app.outbox()])).not.toContain(email)
  })

  it('is renewed by another one for the address, whatever its case: one row, with what is said now', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const email = newEmail()
    const first = await people[0].client.inviteMember({ id, email, role: 'admin' })
    await expire(app, first.id)
    const second = await people[1].client.inviteMember({ id, email: email.toUpperCase(), role: 'member' })
    expect(second).toMatchObject({ id: first.id, role: 'member', state: 'pending', invitedBy: { name: 'admin' } })
    expect(second.createdAt).toBe(first.createdAt)
    expect(await mailOf(app, first.id)).toMatchObject({ token: await tokenOf(app, first.id), role: 'member' })
    expect([(await rowsOf(app, id)).length, await mailsFor(app, first.id)]).toEqual([1, 2])
    const log = await activityOf(app, id, 'member_invited')
    expect(log.map(({ actorId, role }) => [actorId, role])).toEqual([
      [people[0].userId, 'admin'],
      [people[1].userId, 'member'],
    ])
  })

  it('is one for a request that is repeated, and asks for one mail', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const key = newId()
    const repeated = createHttpClient<typeof contract>(routesOf(contract), {
      baseUrl: app.baseUrl,
      headers: () => ({ authorization: `Bearer ${app.token({ userId: people[0].userId })}`, 'idempotency-key': key }),
    })
    const input = { id, email: newEmail(), role: 'member' } as const
    const [first, second] = [await repeated.inviteMember(input), await repeated.inviteMember(input)]
    expect(second).toEqual(first)
    expect(await mailsFor(app, first.id)).toBe(1)
    await people[0].client.inviteMember(input)
    expect(await mailsFor(app, first.id)).toBe(2)
  })

  it('is not for whoever is a member, by whatever case of their address', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    for (const { email } of people)
      await expect(
        people[0].client.inviteMember({ id, email: email.toUpperCase(), role: 'member' }),
      ).rejects.toMatchObject({ code: 'conflict', reason: 'users.already_member' })
    expect(await rowsOf(app, id)).toEqual([])
  })
})

describe('who may invite', () => {
  it('admins and owners do; for a stranger there is no such organisation', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [owner, admin, member] = people
    const stranger = await app.createPerson()
    const waiting = await owner.client.inviteMember({ id, email: newEmail(), role: 'member' })
    const about = { id, invitationId: waiting.id }
    for (const [{ client }, reason] of [
      [member, 'users.role_too_low'],
      [stranger, 'users.organization_not_found'],
    ] as const) {
      const tries = [
        client.inviteMember({ id, email: newEmail(), role: 'member' }),
        client.resendInvitation(about),
        client.revokeInvitation(about),
        client.listInvitations({ id }),
      ]
      expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => reason))
    }
    expect((await rowsOf(app, id)).length).toBe(1)
    expect((await admin.client.listInvitations({ id })).items).toMatchObject([{ id: waiting.id, state: 'pending' }])
    expect(await outcome(admin.client.inviteMember({ id, email: newEmail(), role: 'admin' }))).toBe('done')
  })

  it('owners alone decide about an invitation to be an owner', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const [owner, admin] = people
    const email = newEmail()
    const invited = await owner.client.inviteMember({ id, email, role: 'owner' })
    const about = { id, invitationId: invited.id }
    const tries = [
      admin.client.inviteMember({ id, email: newEmail(), role: 'owner' }),
      admin.client.inviteMember({ id, email, role: 'member' }),
      admin.client.resendInvitation(about),
      admin.client.revokeInvitation(about),
    ]
    expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => 'users.role_too_low'))
    expect(await rowsOf(app, id)).toMatchObject([{ role: 'owner', revokedAt: null }])
    expect(await outcome(owner.client.revokeInvitation(about))).toBe('done')
  })

  it('nobody in an organisation that is suspended, but it can be looked at', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    const { id: invitationId } = await client.inviteMember({ id, email: newEmail(), role: 'member' })
    await setState(app, id, 'suspendedAt')
    const tries = [
      client.inviteMember({ id, email: newEmail(), role: 'member' }),
      client.resendInvitation({ id, invitationId }),
      client.revokeInvitation({ id, invitationId }),
    ]
    expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => 'users.organization_suspended'))
    expect((await client.listInvitations({ id })).items).toHaveLength(1)
    expect(await mailOf(app, invitationId)).toBeNull()
  })
})

describe('an invitation that was sent', () => {
  it('is sent again for another seven days, by whom it was', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const { id: invitationId } = await people[0].client.inviteMember({ id, email: newEmail(), role: 'member' })
    await expire(app, invitationId)
    expect(await mailOf(app, invitationId)).toBeNull()
    const again = await people[1].client.resendInvitation({ id, invitationId })
    expect(again).toMatchObject({ id: invitationId, state: 'pending', invitedBy: { name: 'owner' } })
    expect(Date.parse(again.expiresAt)).toBeGreaterThan(Date.now() + 6 * day)
    expect(await mailsFor(app, invitationId)).toBe(2)
    expect(await mailOf(app, invitationId)).not.toBeNull()
    expect(await activityOf(app, id, 'invitation_resent')).toMatchObject([{ actorId: people[1].userId, invitationId }])
  })

  it('is revoked once, however often that is asked, and its mail is not written', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client }] = people
    const email = newEmail()
    const { id: invitationId } = await client.inviteMember({ id, email, role: 'member' })
    for (let time = 0; time < 2; time++)
      expect(await client.revokeInvitation({ id, invitationId })).toEqual({ status: 'revoked' })
    expect(await activityOf(app, id, 'invitation_revoked')).toHaveLength(1)
    expect(await mailOf(app, invitationId)).toBeNull()
    expect((await client.listInvitations({ id })).items).toEqual([])
    expect(await outcome(client.resendInvitation({ id, invitationId }))).toBe('users.invitation_not_found')
    // Whoever is invited after all gets a link of their own: the old one stays worthless.
    expect((await client.inviteMember({ id, email, role: 'member' })).id).not.toBe(invitationId)
  })

  it('is of its own organisation alone', async () => {
    const [one, other] = [await createTeam(app, ['owner']), await createTeam(app, ['owner'])]
    const { id: invitationId } = await one.people[0].client.inviteMember({
      id: one.id,
      email: newEmail(),
      role: 'member',
    })
    const { client } = other.people[0]
    const tries = [
      client.resendInvitation({ id: other.id, invitationId }),
      client.revokeInvitation({ id: other.id, invitationId }),
      client.revokeInvitation({ id: other.id, invitationId: newId() }),
    ]
    expect(await Promise.all(tries.map(outcome))).toEqual(tries.map(() => 'users.invitation_not_found'))
    expect(await mailsFor(app, invitationId)).toBe(1)
  })

  it('is listed until it is accepted or revoked, the newest first, page by page', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client, userId }] = people
    // All of one moment: the id decides.
    const rows = Array.from({ length: 7 }, (_, at) => ({
      ...{ id: newId(), organizationId: id, email: `${at}@example.com`, emailKey: `${at}@example.com`, role: 'member' },
      ...{ invitedBy: userId, expiresAt: new Date(Date.now() + (at === 3 ? -1 : 1) * day) },
      ...{ acceptedAt: at === 1 ? new Date() : null, revokedAt: at === 2 ? new Date() : null },
    }))
    await dbOf(app)
      .insert(invitation)
      .values(rows as (typeof invitation.$inferInsert)[])
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.listInvitations({ id, limit: 2, ...(cursor && { cursor }) })
      seen.push(...page.items.map(({ email, state }) => `${email} ${state}`))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    expect(seen).toEqual([
      '6@example.com pending',
      '5@example.com pending',
      '4@example.com pending',
      '3@example.com expired',
      '0@example.com pending',
    ])
  })
})

it('is forgotten with its address a while after it could be accepted, unless it was', async () => {
  const { id, people } = await createTeam(app, ['owner'])
  const daysAgo = (days: number) => new Date(Date.now() - days * day)
  const rows = [
    { email: 'expired', expiresAt: daysAgo(31) },
    { email: 'revoked', expiresAt: daysAgo(31), revokedAt: daysAgo(35) },
    { email: 'accepted', expiresAt: daysAgo(31), acceptedAt: daysAgo(35) },
    { email: 'can be renewed', expiresAt: daysAgo(29) },
    { email: 'waiting', expiresAt: daysAgo(-1) },
  ]
  const invitedBy = people[0].userId
  await dbOf(app)
    .insert(invitation)
    .values(
      rows.map((row) => ({
        id: newId(),
        organizationId: id,
        emailKey: row.email,
        role: 'member' as const,
        invitedBy,
        ...row,
      })),
    )
  await forgetInvited(app.contextFor('users') as unknown as UsersContext)
  const left = await rowsOf(app, id)
  expect(left.flatMap(({ email, emailKey }) => email ?? emailKey ?? []).sort()).toEqual([
    'accepted',
    'can be renewed',
    'waiting',
  ])
  expect(left).toHaveLength(rows.length)
})

describe('its mail', () => {
  it('says what the invitation says, in the language of whoever has the address, else of who invites', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client, userId }] = people
    await dbOf(app).update(person).set({ locale: 'fr' }).where(eq(person.id, userId))
    const unknown = await client.inviteMember({ id, email: newEmail(), role: 'member' })
    expect(await mailOf(app, unknown.id)).toEqual({
      ...{ email: unknown.email, locale: 'fr', organizationName: 'Analytical Engines', inviterName: 'owner' },
      ...{ role: 'member', expiresAt: unknown.expiresAt, token: await tokenOf(app, unknown.id) },
    })
    const known = await app.createPerson()
    const invited = await client.inviteMember({ id, email: known.email, role: 'member' })
    expect(await mailOf(app, invited.id)).toMatchObject({ email: known.email, locale: 'en' })
    await setState(app, id, 'closedAt')
    expect(await mailOf(app, unknown.id)).toBeNull()
  })

  it.each([
    ['an address in an hour', 'address', '1 hour'],
    ['an organisation in a day', 'organization', '1 day'],
    ['a person in a day, in whichever organisation,', 'inviter', '1 day'],
  ] as const)('is asked for so often for %s, and again when that is over', async (_, name, window) => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client, userId }] = people
    const email = newEmail()
    await client.inviteMember({ id, email, role: 'member' })
    const ctx = app.contextFor('users') as unknown as UsersContext
    const key = sendingKeys({ organizationId: id, emailKey: email, inviterId: userId }, ctx)[name]
    const rows = Array.from({ length: sendings[name].most - 2 }, () => ({ id: newId(), key }))
    await dbOf(app).insert(sending).values(rows)
    if (name !== 'address') await letPass('2 hours')
    const to = name === 'address' ? email : newEmail()
    await client.inviteMember({ id, email: to, role: 'member' })
    const refused = await client.inviteMember({ id, email: to, role: 'member' }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'limited', reason: 'users.too_many_invitations' })
    // When the first of them is out of the window.
    const { retryAfter } = refused as { retryAfter: number }
    const wait = sendings[name].within - (name === 'address' ? 0 : 2 * 60 * 60)
    expect(retryAfter).toBeGreaterThan(wait - 60)
    expect(retryAfter).toBeLessThanOrEqual(wait)
    const { id: elsewhere } = await client.createOrganization({ name: 'Elsewhere' })
    const there = () => outcome(client.inviteMember({ id: elsewhere, email: to, role: 'member' }))
    expect(await there()).toBe(name === 'inviter' ? 'users.too_many_invitations' : 'done')
    await letPass(window)
    expect(await outcome(client.inviteMember({ id, email: to, role: 'member' }))).toBe('done')
    await sweepSendings(ctx)
    // What is older than a day is forgotten.
    const left = name === 'address' ? sendings.address.most + 1 : 1
    expect(await dbOf(app).$count(sending, eq(sending.key, key))).toBe(left)
  })

  it('is counted for longer than there is the organisation that asked for it', async () => {
    const { client } = await app.createPerson()
    const { most } = sendings.addressOfAll
    const email = newEmail()
    const outcomes: string[] = []
    for (let made = 0; made < most + 2; made++) {
      const { id } = await client.createOrganization({ name: 'Gone in a moment' })
      outcomes.push(await outcome(client.inviteMember({ id, email, role: 'member' })))
      await client.eraseOrganization({ id })
    }
    expect(outcomes).toEqual([...Array<string>(most).fill('done'), ...Array(2).fill('users.too_many_invitations')])
  })

  it('is asked for so often for an address by all organisations together, revoked invitations included', async () => {
    const email = newEmail()
    const inviteBy = async (times: number) => {
      const { id, people } = await createTeam(app, ['owner'])
      const [{ client }] = people
      const outcomes: string[] = []
      for (let time = 0; time < times; time++) {
        outcomes.push(await outcome(client.inviteMember({ id, email, role: 'member' })))
        const [row] = (await client.listInvitations({ id })).items
        if (row) await client.revokeInvitation({ id, invitationId: row.id })
      }
      return outcomes
    }
    const { most } = sendings.address
    for (let sent = 0; sent < sendings.addressOfAll.most; sent += most)
      expect(await inviteBy(most + 1)).toEqual([...Array<string>(most).fill('done'), 'users.too_many_invitations'])
    expect(await inviteBy(1)).toEqual(['users.too_many_invitations'])
  })
})

describe('a plan with so many seats', () => {
  it('counts members and invitations that can be accepted, and says what to do', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [{ client }] = people
    seats.set(id, 4)
    const one = await client.inviteMember({ id, email: newEmail(), role: 'member' })
    const two = await client.inviteMember({ id, email: newEmail(), role: 'member' })
    const another = () => client.inviteMember({ id, email: newEmail(), role: 'member' })
    await expect(another()).rejects.toMatchObject({
      code: 'conflict',
      reason: 'users.seat_limit',
      message: expect.stringMatching(
        /4 seats.*Revoke an invitation, remove a member, or choose a larger plan/,
      ) as string,
    })
    // Whoever has a seat keeps it.
    expect(await outcome(client.resendInvitation({ id, invitationId: one.id }))).toBe('done')
    expect(await outcome(client.inviteMember({ id, email: two.email, role: 'admin' }))).toBe('done')
    // What has expired has none, and must find one.
    await expire(app, one.id)
    expect(await outcome(another())).toBe('done')
    expect(await outcome(client.resendInvitation({ id, invitationId: one.id }))).toBe('users.seat_limit')
    await client.revokeInvitation({ id, invitationId: two.id })
    expect(await outcome(client.resendInvitation({ id, invitationId: one.id }))).toBe('done')
    await addMember(app, { id, userId: (await app.createPerson()).userId, role: 'member' })
    expect(await outcome(another())).toBe('users.seat_limit')
  })
})
