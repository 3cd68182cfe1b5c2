import { newId } from '@lightpress/kernel'
import { users as contract } from '@lightpress/users-contract'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OWNED } from '../src/create-organization.ts'
import { idempotency, organization, person } from '../src/schema.ts'
import { startUsers, type App } from './support.ts'
import { activityOf, clientAt, dbOf, membershipChangesOf, outcome, ownersOf } from './team.ts'

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

/** Leaves somebody room for so many more. */
async function own(userId: string, organizations: number) {
  const db = dbOf(app)
  await db.execute(sql`
    with made as (
      insert into users.organization (id, name) select gen_random_uuid(), 'Mine' from generate_series(1, ${organizations})
      returning id
    )
    insert into users.membership (organization_id, user_id, role) select id, ${userId}, 'owner' from made`)
}

describe('a new organisation', () => {
  it('is owned by whoever makes it, and says so to all whom it concerns', async () => {
    const { userId, client } = await app.createPerson()
    const made = await client.createOrganization({ name: '  Analytical Engines ' })
    expect(made).toMatchObject({
      name: 'Analytical Engines',
      personal: false,
      suspended: false,
      role: 'owner',
      memberCount: 1,
      logoUrl: null,
    })
    expect(await client.getOrganization({ id: made.id })).toEqual(made)
    expect((await client.listOrganizations()).items.map(({ id }) => id)).toContain(made.id)
    expect(await membershipChangesOf(app, made.id)).toEqual([
      { organizationId: made.id, userId, change: 'joined', role: 'owner', actorId: userId },
    ])
    expect(await activityOf(app, made.id)).toMatchObject([
      { action: 'organization_created', actorId: userId, impersonatorId: null, name: 'Analytical Engines' },
    ])
  })

  it('can be chosen for the session at once', async () => {
    const { userId, client } = await app.createPerson()
    const { id } = await client.createOrganization({ name: 'Analytical Engines' })
    expect(await app.internal.readPrincipal({ userId, organizationId: id })).toMatchObject({
      membership: { organizationId: id, role: 'owner' },
    })
  })

  it.each([
    ['80 of Latin', 'Gesellschaft für Rechenmaschinen und höhere Lochkartenweberei zu Köln am Rhein ÄÖ'.slice(0, 80)],
    ['100 of Greek', 'Εταιρεία Αναλυτικών Μηχανών '.repeat(4).trim().slice(0, 100)],
    ['100 of Japanese', '解析機関株式会社'.repeat(13).slice(0, 100)],
    ['100 of Arabic', 'شركة المحركات التحليلية '.repeat(5).trim().slice(0, 100)],
  ])('keeps a name of %s characters', async (_, name) => {
    const { client } = await app.createPerson()
    const { id } = await client.createOrganization({ name })
    expect(await client.getOrganization({ id })).toMatchObject({ name })
    expect(name.length).toBeGreaterThanOrEqual(80)
  })

  it.each(['', '   ', 'x'.repeat(101), 'a\u202Eb', 'a\u0000b', 'a\nb', null, 7, { toString: 'x' }])(
    'refuses %j as a name, and makes nothing',
    async (name) => {
      const { client } = await app.createPerson()
      await expect(client.createOrganization({ name: name as string })).rejects.toMatchObject({
        code: 'invalid',
        errors: [{ path: 'name' }],
      })
      expect((await client.listOrganizations()).items).toHaveLength(1)
    },
  )

  it('is not made by who is no more, nor by an operator who acts as somebody', async () => {
    const { userId, client } = await app.createPerson()
    const impersonating = app.as(contract, { userId, impersonatorId: newId() })
    expect(await outcome(impersonating.createOrganization({ name: 'X' }))).toBe('request.impersonating')
    await dbOf(app).update(person).set({ closedAt: new Date() }).where(eq(person.id, userId))
    expect(await outcome(client.createOrganization({ name: 'X' }))).toBe('users.user_not_found')
    expect(await outcome(app.as(contract, {}).createOrganization({ name: 'X' }))).toBe('users.user_not_found')
  })
})

describe('an Idempotency-Key', () => {
  it('makes one organisation of ten requests at the same moment, at two processes', async () => {
    for (let round = 0; round < 5; round++) {
      const { userId, client } = await app.createPerson()
      const there = clientAt(app, { baseUrl: another.baseUrl, userId })
      const idempotencyKey = newId()
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          (at % 2 === 0 ? client : there).createOrganization({ name: 'Once' }, { idempotencyKey }),
        ),
      )
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
      expect((await client.listOrganizations()).items).toHaveLength(2)
      const { id } = answers[0]!
      expect(await activityOf(app, id)).toHaveLength(1)
      expect(await membershipChangesOf(app, id)).toHaveLength(1)
    }
  })

  it('is refused for another name, and is each person’s own', async () => {
    const [{ client }, { client: other }] = await Promise.all([app.createPerson(), app.createPerson()])
    const options = { idempotencyKey: newId() }
    const { id } = await client.createOrganization({ name: 'One' }, options)
    expect(await outcome(client.createOrganization({ name: 'Two' }, options))).toBe('request.idempotency_key_reused')
    expect((await other.createOrganization({ name: 'Two' }, options)).id).not.toBe(id)
  })

  it('keeps nothing of the organisation but its id', async () => {
    const { userId, client } = await app.createPerson()
    const { id } = await client.createOrganization({ name: 'Secret Engines' }, { idempotencyKey: newId() })
    const rows = await dbOf(app).select().from(idempotency).where(eq(idempotency.caller, userId))
    expect(rows).toMatchObject([{ operation: 'createOrganization', result: id }])
  })

  it('that was refused is free again', async () => {
    const { userId, client } = await app.createPerson()
    await own(userId, OWNED - 1)
    const options = { idempotencyKey: newId() }
    expect(await outcome(client.createOrganization({ name: 'One' }, options))).toBe('users.too_many_organizations')
    const { items } = await client.listOrganizations({ limit: 2 })
    await dbOf(app).update(organization).set({ closedAt: new Date() }).where(eq(organization.id, items[1]!.id))
    expect(await client.createOrganization({ name: 'One' }, options)).toMatchObject({ name: 'One' })
  })
})

describe('the most that a person owns', () => {
  it('is never passed, however many are asked for at the same moment, at two processes', async () => {
    const { userId, client } = await app.createPerson()
    const there = clientAt(app, { baseUrl: another.baseUrl, userId })
    // One is their own already.
    await own(userId, OWNED - 4)
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, at) => outcome((at % 2 === 0 ? client : there).createOrganization({ name: 'X' }))),
    )
    expect(outcomes.filter((done) => done === 'done')).toHaveLength(3)
    expect(new Set(outcomes)).toEqual(new Set(['done', 'users.too_many_organizations']))
    const { items } = await client.listOrganizations({ limit: 100 })
    expect(items).toHaveLength(OWNED)
  })

  it('does not count those that they are in without owning them', async () => {
    const { userId, client } = await app.createPerson()
    await own(userId, OWNED - 1)
    await dbOf(app).execute(
      sql`update users.membership set role = 'admin' where (organization_id, user_id) in
          (select organization_id, user_id from users.membership m join users.organization o on o.id = m.organization_id
           where m.user_id = ${userId} and o.personal_of is null limit 1)`,
    )
    const { id } = await client.createOrganization({ name: 'Another' })
    expect(await ownersOf(app, id)).toEqual([userId])
  })
})
