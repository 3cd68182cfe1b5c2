import type { AuditAction, Credentials, SignedIn } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { openProved } from '../src/prove-session.ts'
import { account, allowance, auditEntry, linkedSignIn, lockout, recoveryCode, session, totp } from '../src/schema.ts'
import { addTotp, codeOf, createGuarded, factorPaths as paths, forgetUse, wrongCodeOf } from './factor-support.ts'
import { claimsIn, proveLongAgo, refreshBy, sessionOf, signedInBrowser, withCookies } from './session-support.ts'
import { bearer, createAccount, createBrowser, newEmail, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  const provider = { id: 'acme', name: 'Acme', issuer: 'https://id.acme.test', clientId: 'us', clientSecret: 'hush' }
  app = await start({ OIDC_PROVIDERS: JSON.stringify([provider]) })
})
afterAll(() => app.close())
afterEach(async () => {
  vi.restoreAllMocks()
  await db().delete(allowance)
  await db().delete(lockout)
})

function context() {
  return app.contextFor('auth') as unknown as AuthContext
}

function db() {
  return context().db
}

interface Claims {
  sid: string
  auth_time: number
}

function claims(token: string) {
  return claimsIn(token) as Claims & Record<string, unknown>
}

function stepUp(accessToken: string, proof: object) {
  return createBrowser(app.baseUrl).post<SignedIn & Problem>(paths.stepUp, { proof }, bearer(accessToken))
}

/** Whether the token is good for what asks for a recent proof. */
async function isRecent(accessToken: string) {
  const asked = await createBrowser(app.baseUrl).post<Problem>(
    '/v1/auth/email/change',
    { email: newEmail() },
    bearer(accessToken),
  )
  return asked.status === 202 ? true : asked.body.reason
}

function entriesOf(userId: string, action: AuditAction) {
  return db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
}

async function provedAt(sessionId: string) {
  const [row] = await db().select().from(session).where(eq(session.id, sessionId))
  return row!.authenticatedAt.getTime()
}

const known = { kind: 'password', password }
const stale = 'request.step_up_required'
const replaced = { reason: 'auth.session_replaced' }
const ended = { status: 401, body: { reason: 'request.session_ended' } }

describe('whoever has no second factor', () => {
  it('proves once more who they are by the password, and what asks for it works again', async () => {
    const person = await createAccount(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    expect(await isRecent(old)).toBe(stale)
    const { status, body } = await stepUp(old, known)
    expect({ status, fields: Object.keys(body).sort() }).toEqual({
      status: 200,
      fields: ['accessToken', 'expiresAt', 'refreshToken', 'user'],
    })
    expect(await isRecent(body.accessToken!)).toBe(true)
    const { sid } = claims(body.accessToken!)
    expect(await entriesOf(person.user.id, 'stepped_up')).toMatchObject([
      { actorId: person.user.id, sessionId: sid, method: 'password', factor: null },
    ])
  })

  it('changes nothing else by it: the same organisation, role and rights', async () => {
    const person = await createAccount(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    const { body } = await stepUp(old, known)
    const without = ({ sid: _, auth_time: __, iat: ___, exp: ____, ...rest }: Record<string, unknown>) => rest
    expect(without(claims(body.accessToken!))).toEqual(without(claims(old)))
    expect(Math.abs(claims(body.accessToken!).auth_time - Date.now() / 1_000)).toBeLessThan(30)
  })

  it('goes on in another session: whoever holds tokens of the one before has nothing of the proof', async () => {
    const { email, user } = await createAccount(app)
    const before = (await createBrowser(app.baseUrl).post(paths.signIn, { email, password })).body
    const { id } = await sessionOf(app, before.refreshToken!)
    const { body } = await stepUp(before.accessToken!, known)
    expect(claims(body.accessToken!).sid).not.toBe(id)
    await until(
      () => isRecent(before.accessToken!),
      (says) => says === 'request.session_ended',
      { timeout: 5_000 },
    )
    // A tab that asked for more at that moment asks again; a thief gets the same nothing, and later a refusal.
    expect(await refreshBy(app, before.refreshToken!)).toMatchObject({ status: 409, body: replaced })
    await db()
      .update(session)
      .set({ endedAt: sql`now() - interval '11 seconds'` })
      .where(eq(session.id, id))
    expect(await refreshBy(app, before.refreshToken!)).toMatchObject({ status: 401 })
    const renewed = await refreshBy(app, body.refreshToken!)
    expect(await isRecent(renewed.body.accessToken!)).toBe(true)
    expect(renewed.body.user.id).toBe(user.id)
  })

  it('is as many sessions as before, and in a place as known', async () => {
    const { email, user } = await createAccount(app)
    const { accessToken } = (await createBrowser(app.baseUrl).post(paths.signIn, { email, password })).body
    const open = and(eq(session.userId, user.id), isNull(session.endedAt))
    const before = await db().$count(session, open)
    expect((await stepUp(accessToken!, known)).status).toBe(200)
    expect(await db().$count(session, open)).toBe(before)
    expect(await entriesOf(user.id, 'signed_out')).toEqual([])
  })

  it('is refused with a wrong one, as an error of its field, ten times and no more', async () => {
    const person = await createAccount(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    for (let guess = 0; guess < 10; guess++)
      expect(await stepUp(old, { kind: 'password', password: 'not this one' })).toMatchObject({
        status: 400,
        body: { reason: 'auth.password_wrong', errors: [{ path: 'proof.password' }] },
      })
    expect(await stepUp(old, known)).toMatchObject({ status: 429 })
    expect(await provedAt(claims(old).sid)).toBeLessThan(Date.now() - 10 * 60_000)
    expect(await entriesOf(person.user.id, 'stepped_up')).toEqual([])
  })

  it('cannot by codes or passkeys that they do not have', async () => {
    const { accessToken } = await createAccount(app)
    for (const kind of ['totp', 'recovery_code'])
      expect(await stepUp(accessToken, { kind, code: '123456' })).toMatchObject({
        status: 400,
        body: { reason: 'auth.code_wrong', errors: [{ path: 'proof.code' }] },
      })
    const response = { clientDataJSON: '', authenticatorData: '', signature: '' }
    const answer = { id: '', rawId: '', type: 'public-key', response }
    expect(await stepUp(accessToken, { kind: 'passkey', ticket: 'none', answer })).toMatchObject({
      status: 400,
      body: { reason: 'auth.challenge_invalid' },
    })
  })

  it('nor by a password, if there is none', async () => {
    const { accessToken, user } = await createAccount(app)
    await db().update(account).set({ passwordHash: null }).where(eq(account.userId, user.id))
    expect(await stepUp(accessToken, known)).toMatchObject({ status: 400, body: { reason: 'auth.password_wrong' } })
  })
})

describe('whoever has a second factor', () => {
  it('proves it: the password is not enough, right or wrong, and not tried', async () => {
    const person = await createGuarded(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    const matching = vi.spyOn(context().passwords, 'matches')
    for (const words of [password, 'not this one'])
      expect(await stepUp(old, { kind: 'password', password: words })).toMatchObject({
        status: 403,
        body: { reason: 'auth.second_factor_required' },
      })
    expect(matching).not.toHaveBeenCalled()
    expect(await entriesOf(person.user.id, 'password_check_failed')).toEqual([])
    expect(await provedAt(claims(old).sid)).toBeLessThan(Date.now() - 10 * 60_000)
  })

  it('also when it was added while the password was checked', async () => {
    const person = await createAccount(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    const { matches } = context().passwords
    vi.spyOn(context().passwords, 'matches').mockImplementationOnce(async (...args) => {
      const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email: person.email, password })
      await addTotp(app, body.accessToken!)
      return matches(...args)
    })
    // The sign-in in between checks the password as well, with what is not mocked any more.
    expect(await stepUp(old, known)).toMatchObject({ status: 403, body: { reason: 'auth.second_factor_required' } })
    expect(await provedAt(claims(old).sid)).toBeLessThan(Date.now() - 10 * 60_000)
  })

  it('proves it by a code of the app, once', async () => {
    const person = await createGuarded(app)
    const old = await proveLongAgo(app, person, { minutes: 11 })
    const code = codeOf(person.secret)
    const { status, body } = await stepUp(old, { kind: 'totp', code })
    expect(status).toBe(200)
    expect(await isRecent(body.accessToken!)).toBe(true)
    expect(await stepUp(body.accessToken!, { kind: 'totp', code })).toMatchObject({
      body: { reason: 'auth.code_wrong' },
    })
    expect(await entriesOf(person.user.id, 'stepped_up')).toMatchObject([{ factor: 'totp', method: null }])
    expect(await entriesOf(person.user.id, 'second_factor_failed')).toHaveLength(1)
  })

  it('twenty times at once by one code is one proof', async () => {
    const { accessToken, secret, user } = await createGuarded(app)
    const proof = { kind: 'totp', code: codeOf(secret) }
    const answers = await Promise.all(Array.from({ length: 20 }, () => stepUp(accessToken, proof)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of answers) expect([200, 400, 401, 429]).toContain(status)
    expect(await entriesOf(user.id, 'stepped_up')).toHaveLength(1)
  })

  it('or by a recovery code, which is used up by it', async () => {
    const { accessToken, recoveryCodes, user } = await createGuarded(app)
    const proof = { kind: 'recovery_code', code: recoveryCodes[0] }
    const { status, body } = await stepUp(accessToken, proof)
    expect(status).toBe(200)
    expect(await stepUp(body.accessToken!, proof)).toMatchObject({
      status: 400,
      body: { reason: 'auth.code_wrong', errors: [{ path: 'proof.code' }] },
    })
    expect(await entriesOf(user.id, 'recovery_code_used')).toHaveLength(1)
    expect(await entriesOf(user.id, 'stepped_up')).toMatchObject([{ factor: 'recovery_code' }])
  })

  it('is not kept up by guesses in another session, nor the other way round', async () => {
    const { email, accessToken, secret, user } = await createGuarded(app)
    for (let guess = 0; guess < 10; guess++) await stepUp(accessToken, { kind: 'totp', code: wrongCodeOf(secret) })
    expect(await stepUp(accessToken, { kind: 'totp', code: codeOf(secret) })).toMatchObject({ status: 429 })
    expect(await entriesOf(user.id, 'second_factor_locked')).toHaveLength(1)
    const ask = createBrowser(app.baseUrl)
    const { challenge } = (await ask.post<{ challenge: string }>(paths.signIn, { email, password })).body
    const other = await ask.post(paths.verifyTotp, { challenge, code: codeOf(secret) })
    expect(other.status).toBe(200)
    await forgetUse(app, user.id)
    expect((await stepUp(other.body.accessToken!, { kind: 'totp', code: codeOf(secret) })).status).toBe(200)
  })
})

describe('a step-up', () => {
  it('in a browser answers the cookies of the new session, and no token', async () => {
    const { browser } = await signedInBrowser(app)
    const before = new Map(browser.cookies)
    const { status, body, headers } = await browser.post<SignedIn>(paths.stepUp, { proof: known })
    expect({ status, fields: Object.keys(body).sort() }).toEqual({ status: 200, fields: ['expiresAt', 'user'] })
    const cookies = ['lightpress_access', 'lightpress_refresh']
    expect(headers.getSetCookie().map((line) => line.split('=')[0])).toEqual(cookies)
    for (const name of cookies) expect(browser.cookies.get(name)).not.toBe(before.get(name))
    expect((await browser.post('/v1/auth/token/refresh')).status).toBe(200)
    const tab = withCookies(app, before)
    expect(await tab.post('/v1/auth/token/refresh')).toMatchObject({ status: 409, body: replaced })
  })

  it('is refused to pages of other sites', async () => {
    const { browser } = await signedInBrowser(app)
    const elsewhere = createBrowser(app.baseUrl, { origin: 'https://elsewhere.test' })
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    expect((await elsewhere.post(paths.stepUp, { proof: known })).status).toBe(403)
  })

  it('is of this session: another one of the person stays as it is', async () => {
    const { email, accessToken } = await createAccount(app)
    const other = (await createBrowser(app.baseUrl).post(paths.signIn, { email, password })).body
    const before = await provedAt(claims(other.accessToken!).sid)
    const own = await provedAt(claims(accessToken).sid)
    const { body } = await stepUp(accessToken, known)
    expect(await provedAt(claims(other.accessToken!).sid)).toBe(before)
    expect(await provedAt(claims(body.accessToken!).sid)).toBeGreaterThan(own)
    expect((await refreshBy(app, other.refreshToken!)).status).toBe(200)
  })

  it('follows the session to the organisation that it is in, with the role of now', async () => {
    const person = await createAccount(app)
    const next = newId()
    const { roles } = app.users.people.get(person.user.id)!
    roles.set(next, 'member')
    await createBrowser(app.baseUrl).post(
      '/v1/auth/session/organization',
      { organizationId: next },
      bearer(person.accessToken),
    )
    roles.set(next, 'admin')
    const { body } = await stepUp(person.accessToken, known)
    expect(body.user).toMatchObject({ organizationId: next, role: 'admin', operator: false })
    roles.delete(next)
    expect((await stepUp(body.accessToken!, known)).body.user).toMatchObject({
      organizationId: person.user.organizationId,
      role: 'owner',
    })
  })

  it('needs a session: not nobody’s, and none that was ended', async () => {
    const { accessToken } = await createAccount(app)
    expect((await createBrowser(app.baseUrl).post(paths.stepUp, { proof: known })).status).toBe(401)
    await createBrowser(app.baseUrl).post('/v1/auth/sign-out', {}, bearer(accessToken))
    expect((await stepUp(accessToken, known)).status).toBe(401)
  })

  it.each<[string, (userId: string, sessionId: string) => Promise<unknown>]>([
    ['the session ended', (_, id) => db().update(session).set({ endedAt: new Date() }).where(eq(session.id, id))],
    [
      'the account changed',
      (userId) => db().update(account).set({ sessionVersion: 7 }).where(eq(account.userId, userId)),
    ],
    [
      'it became an operator’s',
      (userId, id) => db().update(session).set({ impersonatorId: userId }).where(eq(session.id, id)),
    ],
  ])('does nothing, and uses no code up, when %s meanwhile', async (_, meanwhile) => {
    const { accessToken, recoveryCodes, user } = await createGuarded(app)
    const { sid } = claims(accessToken)
    const before = await provedAt(sid)
    const { hashAs } = context().passwords
    vi.spyOn(context().passwords, 'hashAs').mockImplementationOnce(async (...args) => {
      await meanwhile(user.id, sid)
      return hashAs(...args)
    })
    expect(await stepUp(accessToken, { kind: 'recovery_code', code: recoveryCodes[0] })).toMatchObject(ended)
    expect(await provedAt(sid)).toBe(before)
    expect(await db().$count(session, eq(session.userId, user.id))).toBe(1)
    const unused = and(eq(recoveryCode.userId, user.id), isNull(recoveryCode.usedAt))
    expect(await db().$count(recoveryCode, unused)).toBe(10)
    expect(await entriesOf(user.id, 'stepped_up')).toEqual([])
  })

  it('is not for suspended people', async () => {
    const { accessToken, user } = await createAccount(app)
    app.users.people.get(user.id)!.suspended = true
    expect(await stepUp(accessToken, known)).toMatchObject(ended)
  })

  it('is refused to an operator who acts as the person', async () => {
    const person = await createAccount(app)
    const { sid } = claims(person.accessToken)
    await db().update(session).set({ impersonatorId: newId() }).where(eq(session.id, sid))
    const { body } = await refreshBy(app, person.refreshToken)
    expect(await stepUp(body.accessToken!, known)).toMatchObject({
      status: 403,
      body: { reason: 'request.impersonating' },
    })
  })

  it('takes the place of no session of somebody else, whoever proved themself', async () => {
    const [one, other] = [await createAccount(app), await createAccount(app)]
    const [own] = await db().select().from(account).where(eq(account.userId, one.user.id))
    const sessionId = claims(other.accessToken).sid
    const theirs = { account: own!, facts: { sessionId, authenticatedAt: new Date(), impersonatorId: null } }
    await expect(
      context().withTx((tx) => openProved(tx, theirs, { method: 'password' }, context())),
    ).rejects.toMatchObject({ reason: 'request.session_ended' })
    expect((await sessionOf(app, other.refreshToken)).endedAt).toBeNull()
    expect(await db().$count(session, eq(session.userId, one.user.id))).toBe(1)
  })
})

describe('the credentials of a person', () => {
  const credentialsOf = async (token: string) =>
    (await createBrowser(app.baseUrl).get<Credentials>(paths.credentials, bearer(token))).body

  it('are a password, for whoever has just begun', async () => {
    const { accessToken } = await createAccount(app)
    expect(await credentialsOf(accessToken)).toEqual({
      password: true,
      totp: null,
      passkeys: [],
      recoveryCodesLeft: null,
      linkedSignIns: [],
      recovery: null,
    })
  })

  it('are all that they have, and nobody else’s', async () => {
    const { accessToken, user } = await createGuarded(app)
    const other = await createAccount(app)
    const link = { userId: user.id, issuer: 'https://id.acme.test', email: 'ada@acme.test' }
    await db()
      .insert(linkedSignIn)
      .values([
        { ...link, id: newId(), provider: 'acme', subject: newId(), createdAt: new Date(1_000) },
        { ...link, id: newId(), provider: 'gone', subject: newId(), email: null, createdAt: new Date(2_000) },
      ])
    await db().update(account).set({ passwordHash: null }).where(eq(account.userId, user.id))
    const [theirs] = await db().select().from(totp).where(eq(totp.userId, user.id))
    expect(await credentialsOf(accessToken)).toMatchObject({
      password: false,
      totp: { confirmedAt: theirs!.confirmedAt!.toISOString() },
      recoveryCodesLeft: 10,
      linkedSignIns: [
        { provider: 'acme', providerName: 'Acme', email: 'ada@acme.test', createdAt: new Date(1_000).toISOString() },
        { provider: 'gone', providerName: 'gone', email: null },
      ],
    })
    expect(await credentialsOf(other.accessToken)).toMatchObject({ totp: null, linkedSignIns: [] })
  })
})
