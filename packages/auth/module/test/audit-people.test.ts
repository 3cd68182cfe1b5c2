import type { AuditAction, AuditEntry } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { record } from '../src/audit.ts'
import type { AuthContext } from '../src/context.ts'
import { account, auditEntry, auditOrigin } from '../src/schema.ts'
import { createOperator, type Auth } from './impersonation-support.ts'
import { bearer, createAccount, createBrowser, newEmail, start } from './support.ts'

let app: Auth
let operator: Awaited<ReturnType<typeof createOperator>>

beforeAll(async () => {
  app = await start()
  operator = await createOperator(app)
})
afterAll(() => app.close())

const context = () => app.contextFor('auth') as unknown as AuthContext

interface Listed {
  items: AuditEntry[]
  nextCursor: string | null
  people: { id: string; name: string; email: string }[]
}

async function list(search: Record<string, string>) {
  const path = `/v1/auth/audit?${new URLSearchParams(search)}`
  return (await createBrowser(app.baseUrl).get<Listed & Problem>(path, bearer(operator.accessToken))).body
}

async function exported(search: Record<string, string>) {
  const path = `${app.baseUrl}/v1/auth/audit/export?${new URLSearchParams(search)}`
  const text = await (await fetch(path, { headers: bearer(operator.accessToken) })).text()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry)
}

/** An entry of the `day`th of January. */
async function entry(day: number, about: Partial<typeof auditEntry.$inferInsert>, note?: string) {
  const id = newId()
  const action: AuditAction = 'signed_in'
  await context()
    .db.insert(auditEntry)
    .values({ id, action, at: new Date(Date.UTC(2025, 0, day)), ...about })
  await context().db.insert(auditOrigin).values({ entryId: id, ip: '192.0.2.1', note })
  return id
}

const idsOf = (entries: readonly AuditEntry[]) => entries.map(({ id }) => id)
/** Not what creating the accounts wrote. */
const old = { until: '2025-12-31T00:00:00Z' }

describe('the audit log about a person', () => {
  it('has what they did, what was done to them, and what they did as somebody else', async () => {
    const [person, somebody] = [await createAccount(app), newId()]
    const { id } = person.user
    const own = await entry(1, { userId: id, actorId: id })
    const theirs = await entry(2, { userId: id, actorId: somebody })
    const done = await entry(3, { userId: somebody, actorId: id })
    const acting = await entry(4, { userId: somebody, actorId: somebody, impersonatorId: id })
    await entry(5, { userId: somebody, actorId: somebody })
    const all = [acting, done, theirs, own]
    for (const named of [id, person.email, person.email.toUpperCase()]) {
      expect(idsOf((await list({ ...old, person: named })).items)).toEqual(all)
      expect(idsOf(await exported({ ...old, person: named }))).toEqual(all.toReversed())
    }
    expect(idsOf((await list({ person: id, userId: somebody })).items)).toEqual([acting, done])
    const pages = await list({ ...old, person: person.email, limit: '3' })
    const rest = await list({ ...old, person: person.email, limit: '3', cursor: pages.nextCursor! })
    expect([...idsOf(pages.items), ...idsOf(rest.items)]).toEqual(all)
  })

  it('is empty for an address that nobody has, and refused for what is none', async () => {
    for (const nobody of [newEmail(), newId()]) {
      expect(await list({ person: nobody })).toEqual({ items: [], nextCursor: null, people: [] })
      expect(await exported({ person: nobody })).toEqual([])
    }
    expect(await list({ person: 'nonsense' })).toMatchObject({ reason: 'request.invalid' })
  })

  it('goes by the address that they have now', async () => {
    const person = await createAccount(app)
    const id = await entry(1, { userId: person.user.id })
    const email = newEmail()
    await context().db.update(account).set({ email, emailKey: email }).where(eq(account.userId, person.user.id))
    expect(idsOf((await list({ ...old, person: email })).items)).toEqual([id])
    expect((await list({ ...old, person: person.email })).items).toEqual([])
  })

  it('is searched without reading all of it', async () => {
    const { user, email } = await createAccount(app)
    await context().db.execute(sql`
      insert into auth.audit_entry (id, at, action, user_id, actor_id)
      select gen_random_uuid(), timestamptz '2025-06-01' + n * interval '1 minute', 'signed_in',
        gen_random_uuid(), gen_random_uuid()
      from generate_series(1, 30000) n`)
    await entry(2, { impersonatorId: user.id })
    await context().withTx(async (tx) => {
      await tx.execute(sql`set local role auth_owner`)
      await tx.execute(sql`analyze auth.audit_entry, auth.audit_origin, auth.account`)
    })
    for (const person of [user.id, email]) {
      const plan = await planOf(() => list({ ...old, person }))
      for (const index of ['audit_entry_user', 'audit_entry_actor', 'audit_entry_impersonator'])
        expect(plan).toContain(`Bitmap Index Scan on ${index}`)
      expect(plan).not.toMatch(/Seq Scan on audit_entry/)
    }
  })

  /** How what is read from the log meanwhile is found. */
  async function planOf(work: () => Promise<unknown>): Promise<string> {
    const { $client: pool } = context().db as unknown as { $client: Pool }
    const asking = vi.spyOn(pool, 'query')
    await work()
    const [asked] = asking.mock.calls.filter(([{ text }]) => text.includes('from "auth"."audit_entry"'))
    asking.mockRestore()
    const [{ text }, values] = asked!
    const { rows } = await pool.query({ text: `explain (costs off) ${text}` }, values)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
})

interface Pool {
  query(statement: { text: string }, values: unknown[]): Promise<{ rows: { 'QUERY PLAN': string }[] }>
}

describe('the audit log', () => {
  it('says by which operator, by which key, with what and why, in lists and exports', async () => {
    const about = { userId: newId(), actorId: newId(), impersonatorId: newId(), apiKeyId: newId() }
    const id = await entry(1, { ...about, method: 'password', factor: 'totp' }, 'Ticket 4711')
    await entry(2, { ...about, impersonatorId: newId() })
    const search = { impersonatorId: about.impersonatorId }
    const expected = [{ id, ...about, method: 'password', factor: 'totp', note: 'Ticket 4711' }]
    expect((await list(search)).items).toMatchObject(expected)
    expect(await exported(search)).toMatchObject(expected)
  })

  it('can be asked for what was done in somebody’s place, its beginning with the reason among it', async () => {
    const organizationId = newId()
    const begun = await entry(1, { organizationId, action: 'impersonation_started', method: 'impersonation' }, 'Help')
    const within = await entry(2, { organizationId, impersonatorId: newId() })
    await entry(3, { organizationId })
    expect(idsOf((await list({ organizationId, impersonated: 'true' })).items)).toEqual([within, begun])
  })

  it('says who the ids of a page are, each once, as far as they are somebody', async () => {
    const [person, acting, gone] = [await createAccount(app), await createOperator(app), newId()]
    const organizationId = newId()
    const about = { organizationId, userId: person.user.id, actorId: person.user.id }
    await entry(1, { ...about, impersonatorId: acting.id })
    await entry(2, about)
    await entry(3, { organizationId, userId: gone })
    const { people } = await list({ organizationId })
    expect(people.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      [
        { id: person.user.id, name: 'Ada Lovelace', email: person.email },
        { id: acting.id, name: 'Ada Lovelace', email: acting.email },
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
  })

  it('names the key, and nobody, for what a program did', async () => {
    const ctx = context()
    const [apiKeyId, organizationId, userId] = [newId(), newId(), newId()]
    const apiKey = { apiKeyId, organizationId, scopes: [] }
    const byKey = { ...ctx, caller: { identity: null, apiKey, service: null } }
    await ctx.withTx((tx) => record(tx, { action: 'signed_out', userId }, byKey))
    expect((await list({ userId })).items).toMatchObject([
      { actorId: null, impersonatorId: null, sessionId: null, apiKeyId, organizationId },
    ])
  })

  it('names the operator only for what they did as the person, and not for what somebody proved themself', async () => {
    const ctx = context()
    const [userId, organizationId, sessionId, impersonatorId] = [newId(), newId(), newId(), newId()]
    const identity = {
      userId,
      organizationId,
      sessionId,
      impersonatorId,
      sessionVersion: 0,
      role: null,
      operator: false,
      authenticatedAt: 0,
    }
    const acting = { ...ctx, caller: { identity, apiKey: null, service: null } }
    await ctx.withTx((tx) => record(tx, { action: 'signed_out', userId }, acting))
    await ctx.withTx((tx) => record(tx, { action: 'signed_in', userId, actorId: userId }, acting))
    const { items } = await list({ userId })
    expect(items.map(({ action, actorId, impersonatorId }) => ({ action, actorId, impersonatorId }))).toEqual([
      { action: 'signed_in', actorId: userId, impersonatorId: null },
      { action: 'signed_out', actorId: userId, impersonatorId },
    ])
  })
})
