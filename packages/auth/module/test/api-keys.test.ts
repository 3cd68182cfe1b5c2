import { createHash } from 'node:crypto'
import { newId } from '@lightpress/kernel'
import { apiKeyPattern } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { apiKey, auditEntry, idempotency, session } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { keeper, keysOf, ledger, seamSaysOfKey } from './key-support.ts'
import { refreshBy, sessionOf } from './session-support.ts'
import { createAccount, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
let ctx: AuthContext
beforeAll(async () => {
  app = await start({}, { documents: [ledger] })
  ctx = app.contextFor('auth') as unknown as AuthContext
})
afterAll(() => app.close())

const rowOf = async (id: string) => (await ctx.db.select().from(apiKey).where(eq(apiKey.id, id)))[0]!
const days = (count: number) => new Date(Date.now() + count * 86_400_000)

describe('an API key', () => {
  it('is told once, looks like one, and is stored as a hash', async () => {
    const ada = await keeper(app)
    const { status, body } = await ada.make({ expiresAt: days(30).toISOString() })
    expect(status).toBe(201)
    expect(body.key).toMatch(apiKeyPattern)
    expect(body.apiKey).toMatchObject({
      name: 'CI',
      prefix: body.key.slice(0, 'lp_'.length + 12),
      scopes: ['ledger:read'],
      createdBy: ada.user.id,
      lastUsedAt: null,
      revokedAt: null,
    })
    const row = await rowOf(body.apiKey.id)
    expect(row.hash).toBe(createHash('sha256').update(body.key).digest('base64url'))
    expect(row.organizationId).toBe(ada.organizationId)
    const secret = body.key.split('_')[2]!
    const listed = await ada.list()
    expect(listed.body.items).toEqual([body.apiKey])
    expect(JSON.stringify([row, listed.body])).not.toContain(secret)
  })

  it('is another one each time, also under the same Idempotency-Key, which keeps nothing of it', async () => {
    const ada = await keeper(app)
    const header = { 'idempotency-key': newId() }
    const [first, second] = [await ada.make({}, header), await ada.make({}, header)]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(first.body.key).not.toBe(second.body.key)
    expect(await ctx.db.$count(idempotency, eq(idempotency.key, header['idempotency-key']))).toBe(0)
  })

  it('has each scope once', async () => {
    const { body } = await (await keeper(app)).make({ scopes: ['ledger:write', 'ledger:read', 'ledger:write'] })
    expect(body.apiKey.scopes).toEqual(['ledger:read', 'ledger:write'])
  })

  it('has no scope that no contract declares', async () => {
    const { status, body } = await (await keeper(app)).make({ scopes: ['ledger:read', 'ledger:shred'] })
    expect(status).toBe(400)
    expect(body).toMatchObject({ reason: 'auth.scope_unknown', errors: [{ path: 'scopes' }] })
  })

  it('is given no scope that takes more than its maker may', async () => {
    const owner = await keeper(app)
    const { organizationId } = owner
    const admin = await keeper(app, { organizationId, role: 'admin' })
    expect((await admin.make({ scopes: ['ledger:write'] })).status).toBe(201)
    const refused = await admin.make({ scopes: ['ledger:read', 'vault:write'] })
    expect(refused).toMatchObject({ status: 403, body: { reason: 'auth.scope_not_yours' } })
    expect((await owner.make({ scopes: ['vault:write'] })).status).toBe(201)
    const scopes = (await admin.scopes()).body.scopes.map(({ name, role }) => [name, role])
    expect(scopes).toEqual([
      ['ledger:read', 'member'],
      ['ledger:write', 'admin'],
      ['vault:write', 'owner'],
    ])
  })

  it.each([
    ['a moment ago', () => new Date(Date.now() - 1).toISOString()],
    ['in more than ten years', () => days(3_654).toISOString()],
  ])('does not expire %s', async (_, at) => {
    const { status, body } = await (await keeper(app)).make({ expiresAt: at() })
    expect(status).toBe(400)
    expect(body).toMatchObject({ reason: 'request.invalid', errors: [{ path: 'expiresAt' }] })
  })

  it('is an entry in the audit log, made and revoked, and its maker is told', async () => {
    const ada = await keeper(app)
    const { apiKey: made } = (await ada.make()).body
    await ada.revoke(made.id)
    await ada.revoke(made.id)
    const entries = await ctx.db.select().from(auditEntry).where(eq(auditEntry.apiKeyId, made.id))
    const about = { actorId: ada.user.id, userId: ada.user.id, organizationId: ada.organizationId }
    expect(entries.sort((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { action: 'api_key_created', ...about },
      { action: 'api_key_revoked', ...about },
    ])
    const told = (await app.outbox()).map(({ payload }) => payload as { auditEntryId?: string })
    expect(told.filter(({ auditEntryId }) => entries.some(({ id }) => id === auditEntryId))).toEqual([
      { auditEntryId: entries[0]!.id, userId: ada.user.id },
    ])
  })
})

describe('the keys of an organisation', () => {
  it('are a hundred at most that can be used, however many are made at once', async () => {
    const ada = await keeper(app)
    const { organizationId } = ada
    const of = (index: number) => ({ id: newId(), organizationId, name: `${index}`, prefix: 'lp_', hash: newId() })
    const keys = Array.from({ length: 98 }, (_, index) => ({ ...of(index), scopes: [], createdBy: ada.user.id }))
    const over = [{ revokedAt: new Date() }, { expiresAt: days(-1) }].map((end) => ({ ...keys[0]!, ...of(0), ...end }))
    await ctx.db.insert(apiKey).values([...keys, ...over])
    const answers = await Promise.all(Array.from({ length: 6 }, () => ada.make()))
    const made = answers.filter(({ status }) => status === 201)
    expect(made).toHaveLength(2)
    for (const { body } of answers.filter((answer) => !made.includes(answer)))
      expect(body).toMatchObject({ status: 409, reason: 'auth.too_many_api_keys' })
    await ada.revoke(made[0]!.body.apiKey.id)
    expect((await ada.make()).status).toBe(201)
  })

  it('are listed newest first, in pages', async () => {
    const ada = await keeper(app)
    const made: string[] = []
    for (const name of ['one', 'two', 'three']) made.unshift((await ada.make({ name })).body.apiKey.id)
    const first = (await ada.list('?limit=2')).body
    const rest = (await ada.list(`?limit=2&cursor=${first.nextCursor}`)).body
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(made)
    expect(rest.nextCursor).toBeNull()
    expect((await ada.list('?cursor=nonsense')).body.reason).toBe('request.invalid')
  })

  it('are listed for thirty days after they were revoked, and then are gone', async () => {
    const ada = await keeper(app)
    const [young, old, expired, living] = await Promise.all(
      Array.from({ length: 4 }, async () => (await ada.make()).body.apiKey.id),
    )
    for (const id of [young!, old!]) await ada.revoke(id)
    await ctx.db
      .update(apiKey)
      .set({ revokedAt: days(-29) })
      .where(eq(apiKey.id, young!))
    await ctx.db
      .update(apiKey)
      .set({ revokedAt: days(-31) })
      .where(eq(apiKey.id, old!))
    await ctx.db
      .update(apiKey)
      .set({ expiresAt: days(-31) })
      .where(eq(apiKey.id, expired!))
    expect((await ada.list()).body.items.map(({ id }) => id).sort()).toEqual([young, living].sort())
    await sweep(ctx)
    const left = await ctx.db.select().from(apiKey).where(eq(apiKey.organizationId, ada.organizationId))
    expect(left.map(({ id }) => id).sort()).toEqual([young, living].sort())
  })

  it('are nothing to anybody else, who cannot tell one from none', async () => {
    const [ada, eve] = [await keeper(app), await keeper(app)]
    const { apiKey: made, key } = (await ada.make()).body
    expect((await eve.list()).body.items).toEqual([])
    const [theirs, none] = [await eve.revoke(made.id), await eve.revoke(newId())]
    for (const answer of [theirs, none])
      expect(answer).toMatchObject({ status: 404, body: { reason: 'auth.api_key_not_found' } })
    expect(await seamSaysOfKey(app, key)).toBe('accepted')
  })

  it('are seen, made and revoked by every admin, and stay when whoever made them leaves', async () => {
    const owner = await keeper(app)
    const { organizationId } = owner
    const admin = await keeper(app, { organizationId, role: 'admin' })
    const { apiKey: made, key } = (await admin.make()).body
    app.users.people.get(admin.user.id)!.roles.delete(organizationId)
    expect(await seamSaysOfKey(app, key)).toBe('accepted')
    const creators = async () => (await owner.list()).body.creators
    expect((await owner.list()).body.items).toMatchObject([{ id: made.id, createdBy: admin.user.id }])
    expect(await creators()).toEqual([{ id: admin.user.id, name: admin.user.name }])
    app.users.people.delete(admin.user.id)
    expect(await creators()).toEqual([])
    expect((await owner.revoke(made.id)).body.status).toBe('revoked')
  })

  it('are not for members, nor for keys', async () => {
    const owner = await keeper(app)
    const { apiKey: made, key } = (await owner.make()).body
    const member = await keeper(app, { organizationId: owner.organizationId, role: 'member' })
    const program = keysOf(app, key)
    for (const [who, reason] of [
      [member, 'request.not_allowed'],
      [program, 'request.people_only'],
    ] as const)
      for (const answer of [await who.make(), await who.list(), await who.scopes(), await who.revoke(made.id)])
        expect(answer).toMatchObject({ status: 403, body: { reason } })
  })
})

describe('in a session', () => {
  /** Somebody whose session is as it is told, and who has renewed their tokens since. */
  async function keeperIn(about: Partial<typeof session.$inferInsert>) {
    const account = await createAccount(app)
    const { id } = await sessionOf(app, account.refreshToken)
    await ctx.db.update(session).set(about).where(eq(session.id, id))
    return keysOf(app, (await refreshBy(app, account.refreshToken)).body.accessToken!)
  }

  it('whose proof is old a key is not made before another, but can be revoked', async () => {
    const stale = await keeperIn({ authenticatedAt: sql`now() - interval '11 minutes'` as never })
    expect(await stale.make()).toMatchObject({ status: 403, body: { reason: 'request.step_up_required' } })
    expect(await stale.revoke(newId())).toMatchObject({ status: 404 })
    expect((await stale.list()).status).toBe(200)
  })

  it('of an operator who acts as somebody keys are seen, and neither made nor revoked', async () => {
    const operator = await createAccount(app)
    app.users.people.get(operator.user.id)!.operator = true
    const acting = await keeperIn({ impersonatorId: operator.user.id, endsAt: new Date(Date.now() + 3_600_000) })
    for (const refused of [await acting.make(), await acting.revoke(newId())])
      expect(refused).toMatchObject({ status: 403, body: { reason: 'request.impersonating' } })
    expect((await acting.list()).status).toBe(200)
  })
})
