import { auth as contract, AuditEntry, type AuditAction, type SecurityActivity } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { and, desc, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { record } from '../src/audit.ts'
import type { AuthContext } from '../src/context.ts'
import { auditEntry, auditOrigin } from '../src/schema.ts'
import { age, claimsIn, paths, refreshBy, sessionOf, signedInBrowser } from './session-support.ts'
import { bearer, createAccount, createBrowser, newEmail, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** The access token of somebody who may read it all. */
let operator: string
let operatorId: string

beforeAll(async () => {
  app = await start()
  const { email, user } = await createAccount(app)
  app.users.people.get(user.id)!.operator = true
  const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
  operator = body.accessToken!
  operatorId = user.id
})
afterAll(() => app.close())
afterEach(() => {
  vi.restoreAllMocks()
})

const context = () => app.contextFor('auth') as unknown as AuthContext

interface Listed {
  items: AuditEntry[]
  nextCursor: string | null
}

async function list(search: Record<string, string>, accessToken = operator) {
  const { body } = await createBrowser(app.baseUrl).get<Listed & Problem>(
    `/v1/auth/audit?${new URLSearchParams(search)}`,
    bearer(accessToken),
  )
  return body
}

/** Every page. */
async function listAll(search: Record<string, string>, limit = 100) {
  const all: AuditEntry[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Listed = await list({ ...search, limit: String(limit), ...(cursor && { cursor }) })
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}

function openExport(search: Record<string, string> = {}, init: { signal?: AbortSignal } = {}) {
  return fetch(`${app.baseUrl}/v1/auth/audit/export?${new URLSearchParams(search)}`, {
    headers: bearer(operator),
    ...init,
  })
}

async function exported(search: Record<string, string> = {}): Promise<AuditEntry[]> {
  const text = await (await openExport(search)).text()
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry)
}

/** So many entries about one account, of which many have the same time. */
/** In parts, because a statement may take no longer than it may in production. */
async function fill(userId: string, count: number, { organizationId = newId(), actorId = newId() } = {}) {
  for (let from = 1; from <= count; from += 10_000) {
    await context().db.execute(sql`
      with entry as (
        insert into auth.audit_entry (id, at, action, user_id, actor_id, organization_id)
        select gen_random_uuid(), timestamptz '2026-01-01' + n / 7 * interval '1 microsecond', 'signed_in',
          ${userId}, ${actorId}, ${organizationId}
        from generate_series(${from}::int, ${Math.min(count, from + 9_999)}::int) n
        returning id
      )
      insert into auth.audit_origin (entry_id, ip) select id, '192.0.2.1' from entry`)
  }
}

function summaryOf(entries: readonly AuditEntry[]) {
  return entries.map(({ action }) => action)
}

describe('the audit log', () => {
  it('says who did what, when, from where and with what', async () => {
    const { browser, user, email } = await signedInBrowser(app)
    const { sid } = claimsIn(browser.cookies.get('lightpress_access')!) as { sid: string }
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'admin')
    // Again changes nothing, and is no entry.
    for (let time = 0; time < 2; time++)
      expect((await browser.post(paths.switch, { organizationId: next })).status).toBe(200)
    await browser.post(paths.signIn, { email, password: 'a wrong guess' })
    const { headers } = await browser.post(paths.signOut, {}, { 'user-agent': 'curl/8.5.0' })

    const entries = await listAll({ userId: user.id })
    expect(summaryOf(entries)).toEqual([
      'signed_out',
      'sign_in_failed',
      'organization_switched',
      'signed_in',
      'account_created',
    ])
    const [signedOut, , switched, signedIn, created] = entries
    expect(signedOut).toEqual({
      id: expect.any(String),
      at: expect.any(String),
      action: 'signed_out',
      actorId: user.id,
      impersonatorId: null,
      apiKeyId: null,
      method: null,
      factor: null,
      note: null,
      userId: user.id,
      organizationId: next,
      sessionId: sid,
      requestId: headers.get('x-request-id'),
      ip: '127.0.0.1',
      device: { browser: 'curl', system: null, kind: 'program' },
    })
    expect(Math.abs(Date.parse(signedOut!.at) - Date.now())).toBeLessThan(60_000)
    expect(switched).toMatchObject({ actorId: user.id, organizationId: next, sessionId: sid })
    expect(signedIn).toMatchObject({
      actorId: user.id,
      organizationId: user.organizationId,
      sessionId: sid,
      method: 'password',
      factor: null,
    })
    expect(created).toMatchObject({ actorId: user.id, organizationId: user.organizationId })
  })

  it('has the wrong passwords of whoever is signed in, and when no more were taken', async () => {
    const { user, accessToken } = await createAccount(app)
    const { sid } = claimsIn(accessToken) as { sid: string }
    const guess = (path: string, words: object) => createBrowser(app.baseUrl).post(path, words, bearer(accessToken))
    await guess('/v1/auth/password/change', { currentPassword: 'a wrong guess', newPassword: `${password} again` })
    const proof = (words: string) => ({ proof: { kind: 'password', password: words } })
    for (let wrong = 0; wrong < 9; wrong++) await guess('/v1/auth/step-up', proof('a wrong guess'))
    const locked = await guess('/v1/auth/step-up', proof(password))
    expect(locked.body.reason).toBe('auth.too_many_attempts')
    const entries = (await listAll({ userId: user.id })).slice(0, -1)
    expect(summaryOf(entries)).toEqual(['password_check_locked', ...Array<string>(10).fill('password_check_failed')])
    for (const entry of entries) expect(entry).toMatchObject({ actorId: user.id, sessionId: sid, ip: '127.0.0.1' })
  })

  it('has an entry or none, as what it records took effect or not', async () => {
    const userId = newId()
    const failing = context().withTx(async (tx) => {
      await record(tx, { action: 'signed_in', userId }, context())
      throw new Error('It did not work out')
    })
    await expect(failing).rejects.toThrow('It did not work out')
    expect(await listAll({ userId })).toEqual([])
    expect(await context().db.$count(auditOrigin, sql`not exists (${withEntry()})`)).toBe(0)
  })

  it('is for operators only', async () => {
    const { accessToken } = await createAccount(app)
    const browser = createBrowser(app.baseUrl)
    for (const path of ['/v1/auth/audit', '/v1/auth/audit/export']) {
      expect((await browser.get(path)).status).toBe(401)
      expect((await browser.get(path, bearer(accessToken))).status).toBe(403)
    }
  })

  it('comes in pages, newest first, that have each entry once, also where many are of one microsecond', async () => {
    const userId = newId()
    await fill(userId, 50)
    const entries = await listAll({ userId }, 3)
    const rows = await context()
      .db.select({ id: auditEntry.id })
      .from(auditEntry)
      .where(eq(auditEntry.userId, userId))
      .orderBy(desc(auditEntry.at), desc(auditEntry.id))
    expect(entries.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
    expect(entries).toHaveLength(50)
  })

  it('can be searched by who, whom, where, what and when', async () => {
    const [userId, actorId, organizationId] = [newId(), newId(), newId()]
    const entry = async (action: AuditAction, about: object, at: string) => {
      const id = newId()
      await context()
        .db.insert(auditEntry)
        .values({ id, action, at: new Date(at), ...about })
      return id
    }
    const first = await entry('signed_in', { userId, actorId: userId, organizationId }, '2025-01-01T00:00:00Z')
    const second = await entry('access_suspended', { userId, actorId }, '2025-01-02T00:00:00Z')
    const third = await entry('signed_in', { userId: actorId, actorId, organizationId }, '2025-01-03T00:00:00Z')
    const found = async (search: Record<string, string>) => (await listAll(search)).map(({ id }) => id)
    expect(await found({ userId })).toEqual([second, first])
    expect(await found({ actorId })).toEqual([third, second])
    expect(await found({ organizationId })).toEqual([third, first])
    expect(await found({ organizationId, userId })).toEqual([first])
    expect(await found({ userId, action: 'access_suspended' })).toEqual([second])
    const days = { from: '2025-01-01T00:00:00Z', until: '2025-01-03T00:00:00Z' }
    expect(await found(days)).toEqual([second, first])
    expect((await exported(days)).map(({ id }) => id)).toEqual([first, second])
    expect(await found({ ...days, actorId })).toEqual([second])
    expect(await list({ action: 'nonsense' })).toMatchObject({ reason: 'request.invalid' })
    expect(await list({ cursor: 'nonsense' })).toMatchObject({ reason: 'request.invalid' })
  })

  it('keeps the act and forgets the person when what identifies them is erased', async () => {
    const { user } = await createAccount(app)
    const [before] = await listAll({ userId: user.id })
    expect(before).toMatchObject({ ip: '127.0.0.1', device: { kind: expect.any(String) } })
    await context().db.delete(auditOrigin).where(eq(auditOrigin.entryId, before!.id))
    expect(await listAll({ userId: user.id })).toEqual([{ ...before, ip: null, device: null }])
  })

  it.each(['auth_app', 'auth_owner'])('can be appended to by %s, and nothing else', async (role) => {
    const as = (statement: ReturnType<typeof sql>) =>
      context().withTx(async (tx) => {
        await tx.execute(sql.raw(`set local role ${role}`))
        await tx.execute(statement)
      })
    const id = newId()
    await as(sql`insert into auth.audit_entry (id, action) values (${id}, 'signed_in')`)
    for (const statement of [
      sql`update auth.audit_entry set actor_id = null where id = ${id}`,
      sql`delete from auth.audit_entry where id = ${id}`,
      sql`truncate auth.audit_entry cascade`,
    ])
      await expect(as(statement)).rejects.toMatchObject({ cause: { code: '42501' } })
    expect(await context().db.$count(auditEntry, eq(auditEntry.id, id))).toBe(1)
  })

  it.each(['userId', 'actorId', 'organizationId'] as const)(
    'is searched by %s without reading all of it',
    async (by) => {
      const about = { userId: newId(), actorId: newId(), organizationId: newId() }
      await fill(newId(), 20_000)
      await fill(about.userId, 200, about)
      await context().withTx(async (tx) => {
        await tx.execute(sql`set local role auth_owner`)
        await tx.execute(sql`analyze auth.audit_entry, auth.audit_origin`)
      })
      const plans = await plansOf(async () => {
        const { nextCursor } = await list({ [by]: about[by], limit: '10' })
        await list({ [by]: about[by], limit: '10', cursor: nextCursor! })
      })
      expect(plans).toHaveLength(2)
      const index = {
        userId: 'audit_entry_user',
        actorId: 'audit_entry_actor',
        organizationId: 'audit_entry_organization',
      }
      for (const plan of plans) {
        expect(plan).toMatch(new RegExp(`Index Scan Backward using ${index[by]} on audit_entry`))
        expect(plan).not.toMatch(/Seq Scan|Sort/)
      }
    },
  )

  /** The plans of what is read from the log meanwhile. */
  async function plansOf(work: () => Promise<void>): Promise<string[]> {
    const { $client: pool } = context().db as unknown as { $client: Pool }
    const asking = vi.spyOn(pool, 'query')
    await work()
    const asked = asking.mock.calls.filter(([{ text }]) => text.includes('from "auth"."audit_entry"'))
    asking.mockRestore()
    const answers = await Promise.all(
      asked.map(([{ text }, values]) => pool.query({ text: `explain (costs off) ${text}` }, values)),
    )
    return answers.map(({ rows }) => rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
})

interface Pool {
  query(statement: { text: string }, values: unknown[]): Promise<{ rows: { 'QUERY PLAN': string }[] }>
}

const withEntry = () => sql`select from ${auditEntry} where ${auditEntry.id} = ${auditOrigin.entryId}`

describe('the export of the audit log', () => {
  it('has every entry, oldest first, one JSON object a line, as a file to keep', async () => {
    const userId = newId()
    await fill(userId, 2_345)
    const response = await openExport({ userId })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/x-ndjson')
    const today = new Date().toISOString().slice(0, 10)
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="audit-${today}.ndjson"`)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const lines = (await response.text()).trimEnd().split('\n')
    const entries = lines.map((line) => AuditEntry.parse(JSON.parse(line)))
    expect(entries.map(({ id }) => id)).toEqual((await listAll({ userId })).map(({ id }) => id).reverse())
    expect(entries).toHaveLength(2_345)
  })

  it('is empty when there is nothing', async () => {
    expect(await exported({ userId: newId() })).toEqual([])
  })

  it('is in the log itself', async () => {
    const before = await listAll({ actorId: operatorId, action: 'audit_exported' })
    await exported({ userId: newId() })
    const after = await listAll({ actorId: operatorId, action: 'audit_exported' })
    expect(after).toHaveLength(before.length + 1)
    expect(after[0]).toMatchObject({ actorId: operatorId, userId: null, ip: '127.0.0.1' })
  })

  it('goes as fast as it is read, and stops when nobody reads any more', async () => {
    const userId = newId()
    const batches = 60
    await fill(userId, batches * 1_000)
    const selecting = vi.spyOn(context().db, 'select')
    // Others read meanwhile, too: revocations every second.
    const batchesRead = () => selecting.mock.calls.filter(([fields]) => 'exactAt' in (fields ?? {})).length
    const leaving = new AbortController()
    const { body } = await openExport({ userId }, { signal: leaving.signal })
    await body!.getReader().read()
    const whileStalled = await settled(batchesRead)
    expect(whileStalled).toBeGreaterThan(0)
    expect(whileStalled).toBeLessThan(batches)
    leaving.abort()
    expect(await settled(batchesRead)).toBeLessThan(batches)
  })

  /** What a number is once it has stood still for a while. */
  async function settled(count: () => number): Promise<number> {
    let last = -1
    await until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 500))
        const still = count() === last
        last = count()
        return still
      },
      (still) => still,
    )
    return last
  }
})

describe('the activity of an account', () => {
  const activityOf = async (accessToken: string, search = '') => {
    const { body } = await createBrowser(app.baseUrl).get<{ items: SecurityActivity[]; nextCursor: string | null }>(
      `/v1/auth/activity${search}`,
      bearer(accessToken),
    )
    return body
  }

  it('is what happened to it, by whomever, and says what was done in the session that asks', async () => {
    const { email, accessToken } = await createAccount(app)
    await createBrowser(app.baseUrl).post(paths.signIn, { email, password: 'a wrong guess' })
    await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    const { items } = await activityOf(accessToken)
    expect(items.map(({ action, current }) => ({ action, current }))).toEqual([
      { action: 'signed_in', current: false },
      { action: 'sign_in_failed', current: false },
      { action: 'account_created', current: true },
    ])
    expect(Object.keys(items[0]!).sort()).toEqual([
      'action',
      'at',
      'current',
      'device',
      'factor',
      'id',
      'impersonated',
      'ip',
      'method',
    ])
  })

  it("is nobody else's, whatever they ask for", async () => {
    const victim = await createAccount(app)
    const { accessToken } = await createAccount(app)
    const { items } = await activityOf(accessToken, `?userId=${victim.user.id}`)
    const theirs = (await listAll({ userId: victim.user.id })).map(({ id }) => id)
    expect(items).toHaveLength(1)
    expect(theirs).not.toContain(items[0]!.id)
  })

  it('comes in pages', async () => {
    const { accessToken, user } = await createAccount(app)
    await fill(user.id, 4)
    const first = await activityOf(accessToken, '?limit=3')
    const second = await activityOf(accessToken, `?limit=3&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(
      (await listAll({ userId: user.id })).map(({ id }) => id),
    )
    expect(second.nextCursor).toBeNull()
  })
})

describe('an alert', () => {
  const read = async (auditEntryId: string) =>
    (await app.callAs('notifications', contract).readSecurityAlert({ auditEntryId })).alert

  /** A person whose refresh token was stolen, and the alert that was promised to them. */
  async function alertedPerson() {
    const { email, refreshToken: token, user } = await createAccount(app)
    await refreshBy(app, token)
    await age(app, (await sessionOf(app, token)).id, 10_100)
    await refreshBy(app, token)
    const [promised] = (await app.outbox()).filter(
      ({ type, payload }) => type === 'auth.security.alerted.v1' && (payload as { userId: string }).userId === user.id,
    )
    return { email, user, payload: promised!.payload as { auditEntryId: string; userId: string } }
  }

  it('is promised by ids only, and says what to write where', async () => {
    const { email, user, payload } = await alertedPerson()
    expect(payload).toEqual({ auditEntryId: expect.any(String), userId: user.id })
    expect(await read(payload.auditEntryId)).toEqual({
      userId: user.id,
      action: 'refresh_token_replayed',
      email,
      at: expect.any(String),
      ip: '127.0.0.1',
      device: { browser: 'node', system: null, kind: 'program' },
    })
  })

  it('goes to the address that the entry names, if it names one', async () => {
    const { user } = await createAccount(app)
    const old = newEmail()
    const id = await context().withTx((tx) =>
      record(tx, { action: 'email_changed', userId: user.id, email: old }, context()),
    )
    expect(await read(id)).toMatchObject({ action: 'email_changed', email: old })
  })

  it('is not written once the person is erased, nor for what nobody is told of', async () => {
    const { payload, user } = await alertedPerson()
    const gone = await alertedPerson()
    const subject = { kind: 'person' as const, id: gone.user.id }
    await app.callAs('users', contract).eraseData({ subject, erasureId: newId(), batch: 0 })
    expect(await read(gone.payload.auditEntryId)).toBeNull()
    await context().db.delete(auditOrigin).where(eq(auditOrigin.entryId, payload.auditEntryId))
    expect(await read(payload.auditEntryId)).toMatchObject({ userId: user.id, ip: null })
    const [created] = await context()
      .db.select()
      .from(auditEntry)
      .where(and(eq(auditEntry.userId, user.id), eq(auditEntry.action, 'account_created')))
    expect(await read(created!.id)).toBeNull()
    expect(await read(newId())).toBeNull()
  })
})
