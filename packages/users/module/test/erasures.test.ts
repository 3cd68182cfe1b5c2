import { newId } from '@lightpress/kernel'
import { until } from '@lightpress/testing'
import { organizationAccessChanged, users as contract } from '@lightpress/users-contract'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { UsersContext } from '../src/context.ts'
import { continueErasure, forgetContacts, resumeErasures } from '../src/continue-erasure.ts'
import { erasure, file, invitation, membership, organization, person } from '../src/schema.ts'
import {
  ctxOf,
  endingsOf,
  erasureOf,
  findEverywhere,
  forgetJob,
  item,
  mailOf,
  startWithNeighbours,
  takeStep,
  untilDone,
} from './erasure-support.ts'
import type { App } from './support.ts'
import { activityOf, addMember, createTeam, dbOf, membershipChangesOf, outcome, ownersOf, rolesIn } from './team.ts'

let world: Awaited<ReturnType<typeof startWithNeighbours>>
let app: App
beforeAll(async () => {
  world = await startWithNeighbours()
  app = world.app
})
afterEach(() => {
  delete world.troubles.before
  delete world.troubles.after
})
afterAll(() => app.close())

describe('the erasure of a person', () => {
  it('is foreseen: what would go, over all modules, and what becomes of their organisations', async () => {
    const ada = await app.createPerson()
    const alone = await ada.client.createOrganization({ name: 'Alone' })
    const { id: left } = await createTeam(app, ['owner'])
    await addMember(app, { id: left, userId: ada.userId, role: 'admin' })
    const { id: mine, people } = await createTeam(app, ['owner', 'member'])
    await addMember(app, { id: mine, userId: ada.userId, role: 'owner' })
    await dbOf(app).delete(membership).where(eq(membership.userId, people[0].userId))

    const plan = await ada.client.previewMyErasure({})
    const suspended = false
    expect(plan.organizations).toEqual([
      { id: ada.organizationId, name: expect.any(String), personal: true, memberCount: 1, suspended, fate: 'erased' },
      { id: alone.id, name: 'Alone', personal: false, memberCount: 1, suspended, fate: 'erased' },
      { id: left, name: expect.any(String), personal: false, memberCount: 2, suspended, fate: 'left' },
      { id: mine, name: expect.any(String), personal: false, memberCount: 2, suspended, fate: 'blocks' },
    ])
    expect(plan.items).toContainEqual({ module: 'billing', ...item('things', 30) })
    expect(plan.items).toContainEqual({ module: 'users', ...item('organisation', 2) })
    expect(plan.items).toContainEqual({ module: 'users', ...item('memberships', 4) })
    expect(await app.readUser(ada.userId)).not.toBeNull()
  })

  it('is refused while others are in what only they own, and changes nothing', async () => {
    const { people } = await createTeam(app, ['owner', 'admin'])
    const [ada] = people
    expect(await outcome(ada.client.eraseMe({}))).toBe('users.owns_organizations')
    expect(await app.readUser(ada.userId)).not.toBeNull()
    const bob = await app.createPerson()
    await addMember(app, { id: bob.organizationId, userId: ada.userId, role: 'owner' })
    expect(await outcome(bob.client.eraseMe({}))).toBe('users.owns_organizations')
  })

  it('is refused while an organisation is suspended that would go with them, and says so', async () => {
    const { client } = await app.createPerson()
    const { id } = await client.createOrganization({ name: 'Under suspicion' })
    const operator = app.operator().client
    await operator.suspendOrganization({ id })
    const { organizations } = await client.previewMyErasure({})
    expect(organizations.at(-1)).toMatchObject({ id, suspended: true, fate: 'blocks' })
    expect((await client.previewErasure({ id })).organizations).toMatchObject([{ suspended: true, fate: 'blocks' }])
    await expect(client.eraseMe({})).rejects.toMatchObject({
      code: 'conflict',
      reason: 'users.owns_suspended_organizations',
      message: expect.stringMatching(/suspended.*restored/) as string,
    })
    expect(await outcome(client.eraseOrganization({ id }))).toBe('users.organization_suspended')
    await operator.restoreOrganization({ id })
    expect(await outcome(client.eraseMe({}))).toBe('done')
  })

  it('leaves a suspended organisation to its other owners', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner'])
    await app.operator().client.suspendOrganization({ id })
    expect(await outcome(people[0].client.eraseMe({}))).toBe('done')
    expect(await ownersOf(app, id)).toEqual([people[1].userId])
  })

  it('is refused while the only other owner is suspended: nobody could look after what is left', async () => {
    const { people } = await createTeam(app, ['owner', 'owner', 'member'])
    const [ada, bob] = people
    await app.operator().client.suspendUser({ id: bob.userId })
    expect((await ada.client.previewMyErasure({})).organizations.at(-1)).toMatchObject({ fate: 'blocks' })
    expect(await outcome(ada.client.eraseMe({}))).toBe('users.owns_organizations')
    await app.operator().client.restoreUser({ id: bob.userId })
    expect(await outcome(ada.client.eraseMe({}))).toBe('done')
  })

  it('knows the address that is theirs by now: nothing goes to the one before', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const ada = await app.createPerson()
    const email = `new.${ada.email}`
    const { id: invitationId } = await people[0].client.inviteMember({ id, email, role: 'member' })
    app.addresses.set(ada.userId, email)
    const { erasureId } = await ada.client.eraseMe({})
    expect((await erasureOf(app, erasureId)).contact).toMatchObject({ email })
    await untilDone(app, erasureId)
    const [invited] = await dbOf(app).select().from(invitation).where(eq(invitation.id, invitationId))
    expect(invited).toMatchObject({ email: null, emailKey: null })
  })

  it('shuts them out at once, takes what is theirs, and leaves the rest to others', async () => {
    const ada = await app.createPerson('Ada Augusta King')
    const alone = await ada.client.createOrganization({ name: 'Alone with my engine' })
    const { id: left, people } = await createTeam(app, ['owner'])
    await addMember(app, { id: left, userId: ada.userId, role: 'owner' })
    const { erasureId } = await ada.client.eraseMe({})

    expect(await app.readUser(ada.userId)).toBeNull()
    expect(await outcome(ada.client.getMe({}))).toBe('users.user_not_found')
    expect(await app.internal.readOrganizationState({ organizationId: alone.id })).toEqual({ state: 'closed' })
    expect(await app.accessChangesOf(ada.userId)).toContainEqual({
      userId: ada.userId,
      change: 'removed',
      actorId: ada.userId,
    })
    expect(await closedOf(app)).toEqual(expect.arrayContaining([alone.id, ada.organizationId]))
    expect(await rolesIn(app, left)).toEqual(new Map([[people[0].userId, 'owner']]))
    expect(await activityOf(app, left, 'member_left')).toMatchObject([{ actorId: ada.userId }])
    expect((await membershipChangesOf(app, left)).at(-1)).toMatchObject({ userId: ada.userId, change: 'left' })

    const { receipt } = await untilDone(app, erasureId)
    for (const id of [ada.userId, alone.id, ada.organizationId]) expect(world.holdsNothingAbout(id)).toBe(true)
    expect(receipt).toContainEqual({ module: 'billing', ...item('things', 30) })
    expect(receipt).toContainEqual({ module: 'billing', ...item('subscriptions', 3), outcome: 'cancelled' })
    expect(receipt).toContainEqual({ module: 'users', ...item('organisation', 2) })
    expect(receipt).toContainEqual({ module: 'users', ...item('profile', 1) })
    for (const text of [ada.email, 'Ada Augusta King', 'Alone with my engine'])
      expect(await findEverywhere(app, text)).toEqual(text.startsWith('Alone') ? [] : ['erasure'])
    expect(await endingsOf(app, erasureId)).toBe(1)
  })

  it('does what its preview says', async () => {
    const ada = await app.createPerson()
    await ada.client.createOrganization({ name: 'Alone' })
    const { id } = await createTeam(app, ['owner'])
    await addMember(app, { id, userId: ada.userId, role: 'member' })
    await bringPicture(app, ada.userId)
    const { items } = await ada.client.previewMyErasure({})
    const { erasureId } = await ada.client.eraseMe({})
    const { receipt } = await untilDone(app, erasureId)
    // That it was erased, and that they left the team, is written down by the erasure itself.
    const written = (one: (typeof receipt)[number]) =>
      one.module === 'users' && one.outcome === 'kept' && ['erasures', 'activity'].includes(one.name)
    expect(receipt.filter(written).map(({ name, count }) => [name, count])).toEqual(
      expect.arrayContaining([
        ['erasures', 1],
        ['activity', 1],
      ]),
    )
    const what = ({ module, name, count, outcome }: (typeof receipt)[number]) =>
      [module, name, outcome, count].join(' ')
    const done = receipt.filter((one) => one.outcome !== 'cancelled' && !written(one)).map(what)
    expect(done.sort()).toEqual(items.map(what).sort())
  })

  it('asks modules in order: all end something before any erases, and users comes last', async () => {
    const ada = await app.createPerson()
    const { erasureId } = await ada.client.eraseMe({})
    await untilDone(app, erasureId)
    const subjects = [ada.organizationId, ada.userId]
    const mine = world.asked.filter(({ id }) => subjects.some((subject) => id.includes(subject)))
    const order = mine.map(({ module, phase }) => `${phase} ${module}`)
    const twice = (what: string) => [what, what]
    expect([...new Set(order)]).toEqual([
      ...['notifications', 'billing', 'auth'].map((module) => `release ${module}`),
      ...['notifications', 'billing', 'auth'].map((module) => `erase ${module}`),
      ...['notifications', 'billing', 'auth'].map((module) => `describe ${module}`),
    ])
    expect(order.filter((step) => step === 'release billing')).toEqual(twice('release billing'))
    expect((await erasureOf(app, erasureId)).steps.filter(({ phase }) => phase === 'erase').at(-1)).toMatchObject({
      module: 'users',
      subject: { kind: 'person' },
    })
  })

  it('twice is once, and whoever asks again is told the same', async () => {
    const ada = await app.createPerson()
    const started = await Promise.all(Array.from({ length: 4 }, () => ada.client.eraseMe({})))
    expect(new Set(started.map(({ erasureId }) => erasureId)).size).toBe(1)
    const { erasureId } = started[0] as { erasureId: string }
    await untilDone(app, erasureId)
    expect(await ada.client.eraseMe({})).toEqual({ erasureId, status: 'started' })
    expect((await app.accessChangesOf(ada.userId)).filter(({ change }) => change === 'removed')).toHaveLength(1)
  })

  it('has the files removed', async () => {
    const ada = await app.createPerson()
    const name = await bringPicture(app, ada.userId)
    const { erasureId } = await ada.client.eraseMe({})
    await untilDone(app, erasureId)
    const { storage } = ctxOf(app)
    await until(
      () => dbOf(app).$count(file, eq(file.name, name)),
      (count) => count === 0,
    )
    expect(await storage.size(name)).toBeNull()
  })

  it('takes their address from invitations, and those for them can be sent to somebody new', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const ada = await app.createPerson()
    const { id: invitationId } = await people[0].client.inviteMember({ id, email: ada.email, role: 'member' })
    const { erasureId } = await ada.client.eraseMe({})
    await untilDone(app, erasureId)
    const [left] = await dbOf(app).select().from(invitation).where(eq(invitation.id, invitationId))
    expect(left).toMatchObject({ email: null, emailKey: null })
    expect((await people[0].client.listInvitations({ id })).items).toEqual([])
    expect(await outcome(people[0].client.inviteMember({ id, email: ada.email, role: 'member' }))).toBe('done')
    const again = { userId: newId(), email: ada.email, name: 'Ada again', locale: 'en' as const }
    expect(await app.internal.createUser(again)).toMatchObject({ userId: again.userId })
  })

  it('right after that of an organisation keeps no receipt from them, and forgets the address of both', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [ada] = people
    const begun = [await ada.client.eraseOrganization({ id }), await ada.client.eraseMe({})]
    for (const { erasureId } of begun) {
      await untilDone(app, erasureId)
      expect((await mailOf(app, erasureId)).mail).toMatchObject({ email: ada.email })
    }
    for (const { erasureId } of begun) await aDayPasses(erasureId)
    await forgetContacts(ctxOf(app))
    expect(await findEverywhere(app, ada.email)).toEqual([])
  })
})

describe('the erasure of an organisation', () => {
  it('is for its owners, and not of a personal one', async () => {
    const { id, people } = await createTeam(app, ['owner', 'admin'])
    const stranger = await app.createPerson()
    for (const operation of ['previewErasure', 'eraseOrganization'] as const) {
      expect(await outcome(people[1].client[operation]({ id }))).toBe('users.role_too_low')
      expect(await outcome(stranger.client[operation]({ id }))).toBe('users.organization_not_found')
      const { client, organizationId } = stranger
      expect(await outcome(client[operation]({ id: organizationId }))).toBe('users.personal_organization')
    }
    expect(await app.internal.readOrganizationState({ organizationId: id })).toEqual({ state: 'active' })
  })

  it('sends its receipt to the address that is theirs by now who asks for it', async () => {
    const { id, people } = await createTeam(app, ['owner'])
    const [{ client, userId }] = people
    app.addresses.set(userId, 'new.address@example.com')
    const { erasureId } = await client.eraseOrganization({ id })
    expect((await erasureOf(app, erasureId)).contact).toMatchObject({ email: 'new.address@example.com' })
  })

  it('has everybody out at once, takes all of it, and leaves the people', async () => {
    const { id, people } = await createTeam(app, ['owner', 'owner', 'member'])
    const [ada, bob, eve] = people
    const plan = await ada.client.previewErasure({ id })
    expect(plan.organizations).toMatchObject([{ id, memberCount: 3, fate: 'erased' }])
    const { erasureId } = await ada.client.eraseOrganization({ id })
    expect(await ada.client.eraseOrganization({ id })).toEqual({ erasureId, status: 'started' })
    for (const { client } of people)
      expect(await outcome(client.getOrganization({ id }))).toBe('users.organization_not_found')
    expect(await outcome(bob.client.eraseOrganization({ id }))).toBe('users.organization_not_found')

    const { receipt } = await untilDone(app, erasureId)
    expect(receipt).toContainEqual({ module: 'users', ...item('memberships', 3) })
    expect(
      receipt
        .filter(({ outcome }) => outcome === 'deleted')
        .map(({ module, name, count }) => `${module} ${name} ${count}`)
        .sort(),
    ).toEqual(
      plan.items
        .filter(({ outcome }) => outcome === 'deleted')
        .map(({ module, name, count }) => `${module} ${name} ${count}`)
        .sort(),
    )
    expect(await dbOf(app).$count(organization, eq(organization.id, id))).toBe(0)
    expect(await app.readUser(eve.userId)).not.toBeNull()
    expect((await mailOf(app, erasureId)).mail).toMatchObject({
      email: ada.email,
      subject: 'organization',
      organizationName: 'Analytical Engines',
      items: receipt,
    })
  })
})

describe('an erasure', () => {
  it('goes on when a neighbour is away, and counts once what was done before its answer was lost', async () => {
    const ada = await app.createPerson()
    const failures = new Map<string, number>()
    const fail = (kind: string) => () => {
      failures.set(kind, (failures.get(kind) ?? 0) + 1)
      if ((failures.get(kind) ?? 0) % 2 === 1) throw new Error(`The neighbour was lost ${kind} it did anything`)
    }
    world.troubles.before = fail('before')
    world.troubles.after = fail('after')
    const { erasureId } = await ada.client.eraseMe({})
    const { receipt } = await untilDone(app, erasureId)
    for (const module of ['auth', 'billing', 'notifications'])
      expect(receipt).toContainEqual({ module, ...item('things', 20) })
    expect(await endingsOf(app, erasureId)).toBe(1)
  })

  it('is the same whoever works on it, and however many do', async () => {
    const ada = await app.createPerson()
    const { erasureId } = await ada.client.eraseMe({})
    const another = await app.startAnother()
    try {
      const workers = Array.from({ length: 6 }, async () => {
        while ((await erasureOf(app, erasureId)).finishedAt === null) await takeStep(app, erasureId)
      })
      await Promise.all(workers)
    } finally {
      await another.close()
    }
    const { receipt } = await erasureOf(app, erasureId)
    expect(receipt).toContainEqual({ module: 'auth', ...item('things', 20) })
    expect(receipt).toContainEqual({ module: 'users', ...item('profile', 1) })
    expect(await endingsOf(app, erasureId)).toBe(1)
  })

  it('is not over while a module holds something, which may have come late', async () => {
    const ada = await app.createPerson()
    let late = true
    world.troubles.before = ({ module, phase, id }) => {
      if (phase !== 'describe' || module !== 'auth' || !id.includes(ada.userId) || !late) return
      late = false
      world.addLate('auth', ada.userId)
    }
    const { erasureId } = await ada.client.eraseMe({})
    const { receipt } = await untilDone(app, erasureId)
    expect(receipt).toContainEqual({ module: 'auth', ...item('things', 21) })
    expect(receipt.filter(({ module, outcome }) => module === 'auth' && outcome === 'kept')).toMatchObject([
      { count: 2 },
    ])
    expect(world.holdsNothingAbout(ada.userId)).toBe(true)
  })

  it('that cannot come to its end says so, and does not grow', async () => {
    const ada = await app.createPerson()
    // Erases nothing of what it says it holds.
    world.troubles.before = ({ module, phase, id }) => {
      if (phase === 'describe' && module === 'auth' && id.includes(ada.userId)) world.addLate('auth', ada.userId)
    }
    const warned: { rounds: number }[] = []
    const ctx = ctxOf(app)
    const log = {
      ...ctx.log,
      warn: (about: { rounds: number }) => warned.push(about),
    } as unknown as UsersContext['log']
    const { erasureId } = await ada.client.eraseMe({})
    const lengths = new Set<number>()
    while (warned.length < 3) {
      await continueErasure.run({ erasureId }, { ...ctx, log })
      const { steps } = await erasureOf(app, erasureId)
      if (steps.some((step) => step.phase === 'check' && step.rounds !== undefined)) lengths.add(steps.length)
    }
    expect(lengths.size).toBe(1)
    expect(Math.min(...warned.map(({ rounds }) => rounds))).toBeGreaterThanOrEqual(2)
    expect(warned[0]).toMatchObject({ erasureId, module: 'auth', late: [{ name: 'things' }] })
    delete world.troubles.before
    while ((await erasureOf(app, erasureId)).finishedAt === null) await takeStep(app, erasureId)
  })

  it('is begun again by the schedule when its job was given up', async () => {
    const ada = await app.createPerson()
    const bob = await app.createPerson()
    // The job fails until it is a dead letter.
    world.troubles.before = ({ id }) => {
      if (id === ada.organizationId) throw new Error('Away for long')
    }
    const { erasureId } = await ada.client.eraseMe({})
    const dead = () =>
      dbOf(app).execute(sql`select from users.inbox where type = 'continue-erasure' and state = 'dead'`)
    await until(dead, ({ rowCount }) => rowCount === 1, { timeout: 40_000 })
    delete world.troubles.before
    const other = await bob.client.eraseMe({})
    await resumeErasures(ctxOf(app))
    await untilDone(app, other.erasureId)
    expect((await erasureOf(app, erasureId)).position).toBe(0)
    await forgetJob(app, erasureId)
    await resumeErasures(ctxOf(app))
    await untilDone(app, erasureId)
  })

  it('forgets a day later to whom its receipt went', async () => {
    const ada = await app.createPerson('Ada Byron')
    const { erasureId } = await ada.client.eraseMe({})
    expect((await mailOf(app, erasureId)).mail).toBeNull()
    const { finishedAt, receipt } = await untilDone(app, erasureId)
    const mail = { email: ada.email, name: 'Ada Byron', locale: 'en', timeZone: 'UTC' }
    expect((await mailOf(app, erasureId)).mail).toEqual({
      ...mail,
      subject: 'person',
      organizationName: null,
      finishedAt: finishedAt?.toISOString(),
      items: receipt,
    })
    await forgetContacts(ctxOf(app))
    expect((await mailOf(app, erasureId)).mail).not.toBeNull()
    await aDayPasses(erasureId)
    await forgetContacts(ctxOf(app))
    expect((await mailOf(app, erasureId)).mail).toBeNull()
    expect(await findEverywhere(app, ada.email)).toEqual([])
  })

  it('stands in the list of operators, newest first, page by page', async () => {
    const { client } = app.operator()
    const people = await Promise.all([app.createPerson(), app.createPerson(), app.createPerson()])
    const ids: string[] = []
    for (const { client: mine } of people) ids.unshift((await mine.eraseMe({})).erasureId)
    for (const id of ids) await untilDone(app, id)
    const first = await client.listErasures({ limit: 2 })
    const second = await client.listErasures({ limit: 2, ...(first.nextCursor && { cursor: first.nextCursor }) })
    expect([...first.items, ...second.items].map(({ id }) => id).slice(0, 3)).toEqual(ids)
    expect(first.items[0]).toMatchObject({ state: 'done', subject: { kind: 'person', id: people[2]?.userId } })
    expect(await outcome(people[0].client.listErasures({}))).toBe('request.not_allowed')
  })
})

describe('at the same moment', () => {
  it('two owners who go leave an owner to those who stay', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, people } = await createTeam(app, ['owner', 'owner', 'member'])
      const [ada, bob] = people
      const outcomes = await Promise.all([outcome(ada.client.eraseMe({})), outcome(bob.client.eraseMe({}))])
      expect(outcomes.sort()).toEqual(['done', 'users.owns_organizations'])
      expect(await ownersOf(app, id)).toHaveLength(1)
    }
  })

  it('nobody is in an organisation of a person who goes, or goes with it', async () => {
    for (let round = 0; round < 10; round++) {
      const ada = await app.createPerson()
      const bob = await app.createPerson()
      const { id } = await ada.client.createOrganization({ name: 'Both' })
      await ada.client.inviteMember({ id, email: bob.email, role: 'member' })
      const [invited] = await dbOf(app).select().from(invitation).where(eq(invitation.organizationId, id))
      const accept = app
        .callAs('auth', contract)
        .acceptInvitationFor({ invitationId: invited?.id ?? '', userId: bob.userId })
      const [gone, accepted] = await Promise.all([outcome(ada.client.eraseMe({})), accept])
      if (gone === 'done') expect(accepted.organizationId).toBeNull()
      else
        expect(await rolesIn(app, id)).toEqual(
          new Map([
            [ada.userId, 'owner'],
            [bob.userId, 'member'],
          ]),
        )
    }
  })

  it('nobody who goes is in an organisation that they made or joined meanwhile', async () => {
    for (let round = 0; round < 5; round++) {
      const { id, people } = await createTeam(app, ['owner'])
      const ada = await app.createPerson()
      const { id: invitationId } = await people[0].client.inviteMember({ id, email: ada.email, role: 'owner' })
      const [erased] = await Promise.all([
        outcome(ada.client.eraseMe({})),
        outcome(ada.client.createOrganization({ name: 'Late' })),
        app.callAs('auth', contract).acceptInvitationFor({ invitationId, userId: ada.userId }),
      ])
      expect(erased).toBe('done')
      const [begun] = await dbOf(app).select().from(erasure).where(eq(erasure.subjectId, ada.userId))
      await untilDone(app, begun?.id ?? '')
      expect(await dbOf(app).$count(membership, eq(membership.userId, ada.userId))).toBe(0)
      expect(await dbOf(app).$count(person, eq(person.id, ada.userId))).toBe(0)
      const ownerless = await dbOf(app).execute(sql`
        select from users.organization o where name = 'Late' and closed_at is null
        and not exists (select from users.membership m where m.organization_id = o.id)`)
      expect(ownerless.rowCount).toBe(0)
      expect(await ownersOf(app, id)).toEqual([people[0].userId])
    }
  })
})

async function aDayPasses(erasureId: string) {
  const aDayAgo = { finishedAt: sql`now() - interval '25 hours'` }
  await dbOf(app).update(erasure).set(aDayAgo).where(eq(erasure.id, erasureId))
}

async function bringPicture(app: App, userId: string): Promise<string> {
  const name = `${newId()}.webp`
  await ctxOf(app).storage.put(name, Buffer.from('a picture'), { contentType: 'image/webp' })
  await dbOf(app).insert(file).values({ name, kind: 'image', state: 'live', userId })
  await dbOf(app)
    .update(person)
    .set({ avatar: name })
    .where(and(eq(person.id, userId)))
  return name
}

async function closedOf(app: App): Promise<string[]> {
  const rows = (await app.outbox()).filter(({ type }) => type === organizationAccessChanged.type)
  return rows.map(({ payload }) => organizationAccessChanged.payload.parse(payload).organizationId)
}
