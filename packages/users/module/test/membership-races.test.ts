// What two people do to one organisation at the same moment, over HTTP, at one process and at two.
import { users as contract } from '@lightpress/users-contract'
import { nightly } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lockOrganization } from '../src/organization-access.ts'
import { invitation, membership } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import {
  activityOf,
  clientAt,
  createTeam,
  dbOf,
  membershipChangesOf,
  outcome,
  ownersOf,
  roleChangesOf,
  rolesIn,
  terminateWaiting,
  untilWaiting,
  type Person,
} from './team.ts'

let app: App
let another: Awaited<ReturnType<App['startAnother']>>

beforeAll(async () => {
  app = await startUsers()
  another = await app.startAnother()
})
afterAll(async () => {
  await another.close()
  await app.close()
})

const ROUNDS = nightly ? 1_000 : 12

/** Each round is another organisation; who comes first is left to chance, and so is turned around. */
async function race(run: (round: number) => Promise<void>) {
  for (let round = 0; round < ROUNDS; round++) await run(round)
}

/** The same person at one of the two processes. */
const at = (place: number, { userId }: Person) =>
  clientAt(app, { baseUrl: place % 2 === 0 ? app.baseUrl : another.baseUrl, userId })

/** Both at once, one at each process, and the one that is sent first changes from round to round. */
async function both<T>(round: number, one: () => Promise<T>, other: () => Promise<T>): Promise<[T, T]> {
  if (round % 2 === 0) return Promise.all([one(), other()])
  const [second, first] = await Promise.all([other(), one()])
  return [first, second]
}

describe('at the same moment', () => {
  it('two owners leave: exactly one stays', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'owner', 'admin'])
      const [one, other] = people
      const leave = (place: number, person: Person) =>
        outcome(at(place, person).removeMember({ id, userId: person.userId }))
      const outcomes = await both(
        round,
        () => leave(0, one),
        () => leave(1, other),
      )
      expect([...outcomes].sort()).toEqual(['done', 'users.last_owner'])
      expect(await ownersOf(app, id)).toEqual([outcomes[0] === 'done' ? other.userId : one.userId])
      expect(await activityOf(app, id, 'member_left')).toHaveLength(1)
      expect((await membershipChangesOf(app, id)).slice(1)).toHaveLength(1)
    })
  })

  it('an owner demotes another while that one demotes them: exactly one is demoted', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'owner'])
      const [one, other] = people
      const demote = (place: number, by: Person, { userId }: Person) =>
        outcome(at(place, by).updateMember({ id, userId, role: 'member' }))
      const outcomes = await both(
        round,
        () => demote(0, one, other),
        () => demote(1, other, one),
      )
      expect([...outcomes].sort()).toEqual(['done', 'users.role_too_low'])
      expect(await ownersOf(app, id)).toEqual([outcomes[0] === 'done' ? one.userId : other.userId])
    })
  })

  it('an owner steps down while the other one leaves: exactly one does', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'owner'])
      const [one, other] = people
      const outcomes = await both(
        round,
        () => outcome(at(0, one).updateMember({ id, userId: one.userId, role: 'member' })),
        () => outcome(at(1, other).removeMember({ id, userId: other.userId })),
      )
      expect([...outcomes].sort()).toEqual(['done', 'users.last_owner'])
      expect(await ownersOf(app, id)).toHaveLength(1)
    })
  })

  it('two owners remove each other: exactly one is removed', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'owner'])
      const [one, other] = people
      const outcomes = await both(
        round,
        () => outcome(at(0, one).removeMember({ id, userId: other.userId })),
        () => outcome(at(1, other).removeMember({ id, userId: one.userId })),
      )
      expect([...outcomes].sort()).toEqual(['done', 'users.organization_not_found'])
      expect(await ownersOf(app, id)).toHaveLength(1)
    })
  })

  it('an organisation is handed over twice: it is once', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'admin'])
      const [former, successor] = people
      const transfer = (place: number) => at(place, former).transferOrganization({ id, userId: successor.userId })
      const answers = await both(
        round,
        () => transfer(0),
        () => transfer(1),
      )
      expect(answers).toMatchObject([{ role: 'admin' }, { role: 'admin' }])
      expect(await ownersOf(app, id)).toEqual([successor.userId])
      expect(await activityOf(app, id, 'ownership_transferred')).toHaveLength(1)
      for (const person of people) expect(await roleChangesOf(app, person.userId)).toHaveLength(1)
    })
  })

  it('an organisation is handed over to two: one gets it', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'member', 'member'])
      const [former, one, other] = people
      const transfer = (place: number, { userId }: Person) =>
        outcome(at(place, former).transferOrganization({ id, userId }))
      const outcomes = await both(
        round,
        () => transfer(0, one),
        () => transfer(1, other),
      )
      expect([...outcomes].sort()).toEqual(['done', 'users.role_too_low'])
      expect(await ownersOf(app, id)).toEqual([outcomes[0] === 'done' ? one.userId : other.userId])
    })
  })

  it('two owners hand it over to each other: one owner, the other an admin', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'owner'])
      const [one, other] = people
      const outcomes = await both(
        round,
        () => outcome(at(0, one).transferOrganization({ id, userId: other.userId })),
        () => outcome(at(1, other).transferOrganization({ id, userId: one.userId })),
      )
      expect(outcomes).toEqual(['done', 'done'])
      expect([...(await rolesIn(app, id)).values()].sort()).toEqual(['admin', 'owner'])
      expect(await activityOf(app, id, 'ownership_transferred')).toHaveLength(2)
    })
  })

  it('an organisation is handed to somebody who leaves: it has an owner either way', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'admin'])
      const [former, successor] = people
      const [handed, left] = await both(
        round,
        () => outcome(at(0, former).transferOrganization({ id, userId: successor.userId })),
        () => outcome(at(1, successor).removeMember({ id, userId: successor.userId })),
      )
      expect([
        ['done', 'users.last_owner'],
        ['users.member_not_found', 'done'],
      ]).toContainEqual([handed, left])
      expect(await ownersOf(app, id)).toEqual([handed === 'done' ? successor.userId : former.userId])
    })
  })

  it('somebody leaves ten times: once, and each time they are told so', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [, person] = people
    const { userId } = person
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, place) => at(place, person).removeMember({ id, userId })),
    )
    expect(answers).toEqual(answers.map(() => ({ status: 'removed' })))
    expect(await activityOf(app, id, 'member_left')).toHaveLength(1)
    expect(await roleChangesOf(app, userId)).toHaveLength(1)
  })

  it('ten people change ten roles: each change follows from the one before', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'admin', 'admin', 'member'])
    const [, , , , member] = people
    const roles = ['member', 'admin'] as const
    const changes = people
      .slice(0, 4)
      .flatMap((by, place) =>
        [...roles, ...roles, ...roles].map((role) => at(place, by).updateMember({ id, userId: member.userId, role })),
      )
    await Promise.all(changes)
    const lines = await activityOf(app, id, 'role_changed')
    const chain = ['member', ...lines.map(({ role }) => role)]
    expect(lines.map(({ formerRole }) => formerRole)).toEqual(chain.slice(0, -1))
    expect((await rolesIn(app, id)).get(member.userId)).toBe(chain.at(-1))
    expect(await roleChangesOf(app, member.userId)).toHaveLength(lines.length)
  })
})

describe('a member removed while acting', () => {
  it('has acted before, or is refused, never after', async () => {
    await race(async (round) => {
      const { id, people } = await createTeam(app, ['owner', 'admin'])
      const [owner, admin] = people
      const acting = Array.from({ length: 4 }, (_, nth) => [
        () => at(nth, admin).updateOrganization({ id, name: `Name ${nth}` }),
        () => at(nth, admin).inviteMember({ id, email: `${nth}-${admin.email}`, role: 'member' }),
      ])
      const acts = acting.flat().map((act) => outcome(act()))
      const removed = outcome(at(round, owner).removeMember({ id, userId: admin.userId }))
      const outcomes = await Promise.all(acts)
      expect(await removed).toBe('done')
      expect(outcomes.filter((said) => said !== 'done' && said !== 'users.organization_not_found')).toEqual([])

      const lines = await activityOf(app, id)
      const end = lines.findIndex(({ action }) => action === 'member_removed')
      expect(lines.slice(end + 1).filter(({ actorId }) => actorId === admin.userId)).toEqual([])
      // With who is put out go the invitations that wait for an answer to them.
      const acted = lines.slice(1, end).filter(({ action }) => action !== 'invitation_revoked')
      expect(acted).toHaveLength(outcomes.filter((said) => said === 'done').length)
      const invited = lines.filter(({ action }) => action === 'member_invited')
      expect(await dbOf(app).$count(invitation, eq(invitation.organizationId, id))).toBe(invited.length)
    })
  })
})

describe('a role lowered mid-request', () => {
  /** The request has begun and waits for the organisation; what it waited for is done to whoever asked. */
  async function meanwhile(
    asked: (id: string, admin: Person) => Promise<unknown>,
    change: { role: 'member' } | 'removed',
  ) {
    const { id, people } = await createTeam(app, ['owner', 'admin', 'member'])
    const [, admin] = people
    const mine = isMember(id, admin.userId)
    let said: Promise<string> | undefined
    await app.contextFor('users').withTx(async (tx) => {
      await lockOrganization(tx, id)
      said = outcome(asked(id, admin))
      await untilWaiting(app, 1)
      if (change === 'removed') await tx.delete(membership).where(mine)
      else await tx.update(membership).set(change).where(mine)
    })
    return said
  }

  const acts: [string, (id: string, admin: Person) => Promise<unknown>][] = [
    ['renaming', (id, { client }) => client.updateOrganization({ id, name: 'Mine' })],
    ['inviting', (id, { client, email }) => client.inviteMember({ id, email: `x-${email}`, role: 'member' })],
    [
      'giving a role',
      async (id, { client }) => {
        const { items } = await client.listMembers({ id, role: 'member' })
        return client.updateMember({ id, userId: items[0]!.userId, role: 'admin' })
      },
    ],
    [
      'removing',
      async (id, { client }) => {
        const { items } = await client.listMembers({ id, role: 'member' })
        return client.removeMember({ id, userId: items[0]!.userId })
      },
    ],
  ]

  it.each(acts)('is the one that counts: %s is refused, whatever the token says', async (_, act) => {
    const asAdmin = (id: string, { userId, email }: Person) =>
      act(id, {
        userId,
        email,
        organizationId: id,
        client: app.as(contract, { userId, organizationId: id, role: 'admin' }),
      })
    expect(await meanwhile(asAdmin, { role: 'member' })).toBe('users.role_too_low')
    expect(await meanwhile(asAdmin, 'removed')).toBe('users.organization_not_found')
  })
})

describe('a process that dies', () => {
  it('in the middle of handing an organisation over has done nothing, and the same again does it', async () => {
    const { id, people } = await createTeam(app, ['owner', 'member'])
    const [former, successor] = people
    const before = await rolesIn(app, id)
    const transfer = () => outcome(former.client.transferOrganization({ id, userId: successor.userId }))
    let died: Promise<string> | undefined
    await app.contextFor('users').withTx(async (tx) => {
      // It has begun, written what it may, and waits for the last row that it changes.
      await tx.select().from(membership).where(isMember(id, former.userId)).for('update')
      died = transfer()
      await untilWaiting(app, 1)
      expect(await terminateWaiting(tx)).toBe(1)
    })
    expect(await died).toBe('database.unavailable')
    expect(await rolesIn(app, id)).toEqual(before)
    expect(await activityOf(app, id, 'ownership_transferred')).toEqual([])
    expect((await membershipChangesOf(app, id)).slice(1)).toEqual([])

    expect(await transfer()).toBe('done')
    expect(await ownersOf(app, id)).toEqual([successor.userId])
    expect((await membershipChangesOf(app, id)).slice(1)).toHaveLength(2)
  })
})

function isMember(id: string, userId: string) {
  return and(eq(membership.organizationId, id), eq(membership.userId, userId))
}
