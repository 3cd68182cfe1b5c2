import { auth as contract, securityAlerted, type AuditAction, type SignedIn } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { createHttpClient, routesOf, type Problem } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, auditEntry, lockout, passwordReset, session } from '../src/schema.ts'
import { codeOf, createGuarded } from './factor-support.ts'
import { askForReset, readChangeMails, readResetMail } from './links.ts'
import { claimsIn, proveLongAgo } from './session-support.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  newEmail,
  password,
  signUp,
  start,
  type Browser,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  vi.restoreAllMocks()
  await db().delete(allowance)
  await db().delete(lockout)
})

const another = 'four quiet lanterns drift'

function db() {
  return app.contextFor('auth').db
}

function newBrowser() {
  return createBrowser(app.baseUrl)
}

function reset(token: string, words = another, browser: Browser = newBrowser()) {
  return browser.post<{ status: string } & Problem>('/v1/auth/password/reset', { token, password: words })
}

function signIn(email: string, words: string, browser: Browser = newBrowser()) {
  return browser.post('/v1/auth/sign-in', { email, password: words })
}

function refresh(token: string) {
  return newBrowser().post('/v1/auth/token/refresh', { refreshToken: token })
}

function change(accessToken: string, input: object = {}) {
  const words = { currentPassword: password, newPassword: another }
  return newBrowser().post('/v1/auth/password/change', { ...words, ...input }, bearer(accessToken))
}

function asHolder(accessToken: string) {
  return createHttpClient<typeof contract>(routesOf(contract), {
    baseUrl: app.baseUrl,
    headers: () => bearer(accessToken),
  })
}

/** What the seam makes of an access token. */
async function seamSays(accessToken: string) {
  const input = { organizationId: newId() }
  const { body } = await newBrowser().post('/v1/auth/session/organization', input, bearer(accessToken))
  return body.reason === 'auth.not_a_member' ? 'accepted' : body.reason
}

function isRefused(accessToken: string) {
  return until(
    () => seamSays(accessToken),
    (says) => says === 'request.session_ended',
    { timeout: 5_000 },
  )
}

async function accountOf(email: string) {
  const [found] = await db().select().from(account).where(eq(account.email, email))
  return found!
}

function entriesOf(userId: string, action: AuditAction) {
  return db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
}

/** What is promised to be told to a person about their account. */
async function alertsOf(userId: string) {
  const rows = await app.outbox()
  const entries = new Map((await db().select().from(auditEntry)).map(({ id, action }) => [id, action]))
  return rows
    .filter(({ type, payload }) => type === securityAlerted.type && (payload as { userId: string }).userId === userId)
    .map(({ payload }) => entries.get((payload as { auditEntryId: string }).auditEntryId))
}

const invalidLink = { status: 400, body: { reason: 'auth.token_invalid' } }

describe('asking for a new password', () => {
  const ask = async (email: string) => {
    const { status, body, headers } = await newBrowser().post('/v1/auth/password/forgot', { email })
    return { status, body, headers: [...headers.keys()].sort() }
  }

  /** What it left: as many rows, of the same tables, for whoever is asked about. */
  async function traces(work: () => Promise<unknown>) {
    const count = async () => ({
      resets: await db().$count(passwordReset),
      entries: await db().$count(auditEntry, eq(auditEntry.action, 'password_reset_requested')),
      events: (await app.outbox()).filter(({ type }) => type === 'auth.password_reset.requested.v1').length,
    })
    const before = await count()
    await work()
    const after = await count()
    return Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - before[name as keyof typeof before]]))
  }

  it('answers a known and an unknown address alike, and leaves the same behind', async () => {
    const { email } = await createAccount(app)
    const known = await traces(async () => expect(await ask(email)).toEqual(await ask(newEmail())))
    expect(known).toEqual({ resets: 2, entries: 2, events: 2 })
    expect((await ask(email)).status).toBe(202)
    expect((await ask(email)).body).toEqual({ status: 'mail_sent' })
  })

  it('has the mail written to whoever has the address, as they spell it, and to nobody else', async () => {
    const { email, user } = await createAccount(app)
    const { mail, row } = await askForReset(app, email.toUpperCase())
    expect(mail).toEqual({
      userId: user.id,
      email,
      token: expect.stringMatching(new RegExp(`^${row.id}\\.[\\w-]{43}$`)),
    })
    expect(JSON.stringify(await db().select().from(passwordReset))).not.toContain(mail!.token.split('.')[1])
    expect((await askForReset(app, newEmail())).mail).toBeNull()
  })

  it('is in the audit log with whose account it is about, or nobody', async () => {
    const { email, user } = await createAccount(app)
    await askForReset(app, email)
    expect(await entriesOf(user.id, 'password_reset_requested')).toMatchObject([{ actorId: null }])
    await askForReset(app, newEmail())
    const nobodys = and(eq(auditEntry.action, 'password_reset_requested'), isNull(auditEntry.userId))
    expect(await db().$count(auditEntry, nobodys)).toBeGreaterThan(0)
  })

  it('writes an address three mails and then none for a while, in silence', async () => {
    const { email } = await createAccount(app)
    await db().delete(allowance)
    const left = await traces(async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(email)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202))
    })
    expect(left).toMatchObject({ events: 3 })
  })
})

describe('a link to reset the password', () => {
  it('sets another one, and does not sign in', async () => {
    const { email } = await createAccount(app)
    const { token } = await askForReset(app, email)
    const browser = newBrowser()
    const { status, body } = await reset(token, another, browser)
    expect({ status, body }).toEqual({ status: 200, body: { status: 'password_reset' } })
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
    expect(await signIn(email, password)).toMatchObject({ status: 401, body: { reason: 'auth.wrong_credentials' } })
    expect((await signIn(email, another)).status).toBe(200)
  })

  it('ends every session, everywhere', async () => {
    const { email, user, accessToken, refreshToken } = await createAccount(app)
    const other = (await signIn(email, password)).body
    const { token } = await askForReset(app, email)
    await reset(token)
    for (const one of [refreshToken, other.refreshToken!]) expect((await refresh(one)).status).toBe(401)
    for (const one of [accessToken, other.accessToken!]) await isRefused(one)
    expect(await db().$count(session, and(eq(session.userId, user.id), isNull(session.endedAt)))).toBe(0)
  })

  it('works once, and takes the other links of the address with it', async () => {
    const { email } = await createAccount(app)
    const [first, second] = [await askForReset(app, email), await askForReset(app, email)]
    expect((await reset(second.token)).status).toBe(200)
    for (const { token, row } of [first, second]) {
      expect(await reset(token, 'yet another set of words')).toMatchObject(invalidLink)
      expect(await readResetMail(app, row.id)).toBeNull()
    }
    expect((await signIn(email, another)).status).toBe(200)
  })

  it('used twenty times at once, by two links, lets exactly one win', async () => {
    const { email, user } = await createAccount(app)
    const links = [await askForReset(app, email), await askForReset(app, email)]
    const words = (n: number) => `lantern number ${n} drifts by`
    const uses = Array.from({ length: 20 }, (_, n) => reset(links[n % 2]!.token, words(n)))
    const answers = await Promise.all(uses)
    const won = answers.flatMap(({ status }, n) => (status === 200 ? [n] : []))
    expect(won).toHaveLength(1)
    for (const { status, body } of answers.filter(({ status }) => status !== 200))
      expect({ status, reason: body.reason }).toEqual({ status: 400, reason: 'auth.token_invalid' })
    expect((await signIn(email, words(won[0]!))).status).toBe(200)
    expect((await accountOf(email)).sessionVersion).toBe(1)
    expect(await entriesOf(user.id, 'password_reset')).toHaveLength(1)
  })

  it('is too late after an hour', async () => {
    const { email } = await createAccount(app)
    const { token, row } = await askForReset(app, email)
    const life = row.expiresAt.getTime() - row.createdAt.getTime()
    expect(Math.abs(life - 3_600_000)).toBeLessThan(60_000)
    await db().update(passwordReset).set({ expiresAt: new Date() }).where(eq(passwordReset.id, row.id))
    expect(await readResetMail(app, row.id)).toBeNull()
    expect(await reset(token)).toMatchObject(invalidLink)
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('of another kind, forged or of nobody is refused without a hash', async () => {
    const { email, user, accessToken } = await createAccount(app)
    const { token: registration } = await signUp(app, newBrowser())
    await asHolder(accessToken).changeEmail({ email: newEmail() })
    const mails = await readChangeMails(app, user.id)
    const { token, row } = await askForReset(app, email)
    const { row: nobodys } = await askForReset(app, newEmail())
    const signature = token.split('.')[1]
    const hashing = vi.spyOn((app.contextFor('auth') as unknown as AuthContext).passwords, 'hash')
    const forged = ['', 'nonsense', row.id, `${nobodys.id}.${signature}`, `${newId()}.${signature}`]
    for (const wrong of [...forged, registration, mails.old, mails.new])
      expect(await reset(wrong)).toMatchObject(invalidLink)
    expect(hashing).not.toHaveBeenCalled()
    // Nor is it good for anything else.
    expect(await newBrowser().post('/v1/auth/email/verify', { token, password })).toMatchObject(invalidLink)
    expect(await newBrowser().post('/v1/auth/email/change/confirm', { token })).toMatchObject(invalidLink)
    expect((await reset(token)).status).toBe(200)
  })

  it('refuses a common password by its field, and stays good for a better one', async () => {
    const { email } = await createAccount(app)
    const { token } = await askForReset(app, email)
    for (const words of ['password1234', 'short']) {
      const { status, body } = await reset(token, words)
      expect({ status, paths: body.errors?.map(({ path }) => path) }).toEqual({ status: 400, paths: ['password'] })
    }
    expect((await reset(token)).status).toBe(200)
  })

  it('takes away a change of address that somebody had begun', async () => {
    const { email, user, accessToken } = await createAccount(app)
    await asHolder(accessToken).changeEmail({ email: newEmail() })
    const mails = await readChangeMails(app, user.id)
    expect((await reset((await askForReset(app, email)).token)).status).toBe(200)
    for (const token of [mails.old, mails.new])
      expect(await newBrowser().post('/v1/auth/email/change/confirm', { token })).toMatchObject(invalidLink)
    expect((await readChangeMails(app, user.id)).mails).toEqual([])
    expect(await entriesOf(user.id, 'email_change_cancelled')).toHaveLength(1)
  })

  it('is dead once the account has another address, also for whoever has the old one by then', async () => {
    const { email, user, accessToken } = await createAccount(app)
    const { token, row } = await askForReset(app, email)
    await asHolder(accessToken).changeEmail({ email: newEmail() })
    const mails = await readChangeMails(app, user.id)
    for (const link of [mails.old, mails.new]) await asHolder(accessToken).confirmEmailChange({ token: link })
    expect(await reset(token)).toMatchObject(invalidLink)

    app.users.people.get(user.id)!.email = 'moved@example.com'
    const browser = newBrowser()
    await browser.post('/v1/auth/email/verify', { token: (await signUp(app, browser, email)).token })
    expect(await accountOf(email)).toBeDefined()
    expect(await reset(token)).toMatchObject(invalidLink)
    expect(await readResetMail(app, row.id)).toBeNull()
  })

  it('lets nobody in who proved the old password meanwhile', async () => {
    const { email } = await createAccount(app)
    const { token } = await askForReset(app, email)
    const { readPrincipal } = app.users
    const resetting = vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      expect((await reset(token)).status).toBe(200)
      return readPrincipal(input)
    })
    expect((await signIn(email, password)).status).toBe(401)
    expect(resetting).toHaveBeenCalled()
  })

  it('lets the owner in who is locked out, from the browser they used', async () => {
    const { email } = await createAccount(app)
    const browser = newBrowser()
    for (let guess = 0; guess < 12; guess++) await signIn(email, 'wrong')
    expect((await signIn(email, password, browser)).status).toBe(429)
    await reset((await askForReset(app, email)).token, another, browser)
    for (let guess = 0; guess < 12; guess++) await signIn(email, 'wrong')
    expect((await signIn(email, another)).status).toBe(429)
    expect((await signIn(email, another, browser)).status).toBe(200)
  })

  it('does not let a suspended person in', async () => {
    const { email, user } = await createAccount(app)
    app.users.people.get(user.id)!.suspended = true
    expect((await reset((await askForReset(app, email)).token)).status).toBe(200)
    expect((await signIn(email, another)).body.reason).toBe('auth.suspended')
    expect(await db().$count(session, and(eq(session.userId, user.id), isNull(session.endedAt)))).toBe(0)
  })

  it('is told to the person, and is in the audit log', async () => {
    const { email, user } = await createAccount(app)
    await reset((await askForReset(app, email)).token)
    expect(await entriesOf(user.id, 'password_reset')).toMatchObject([{ actorId: null }])
    expect(await alertsOf(user.id)).toContain('password_reset')
  })

  it('is not followed from a page of another site', async () => {
    const { email } = await createAccount(app)
    const { token } = await askForReset(app, email)
    const evil = createBrowser(app.baseUrl, { origin: 'https://evil.example' })
    expect(await reset(token, another, evil)).toMatchObject({ status: 403, body: { reason: 'request.cross_origin' } })
    const program = createBrowser(app.baseUrl, { origin: null })
    expect((await reset(token, another, program)).status).toBe(200)
    expect(program.cookies.size).toBe(0)
  })

  it('cannot be hammered', async () => {
    const answers = []
    for (let time = 0; time < 102; time++) answers.push((await reset('nonsense')).status)
    expect(answers.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 400))
    expect(answers.at(-1)).toBe(429)
  })
})

describe('changing the password', () => {
  it('leaves no token that was there before, and answers those of a new session', async () => {
    const { email, user, accessToken, refreshToken } = await createAccount(app)
    const other = (await signIn(email, password)).body
    const { status, body } = await change(accessToken)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'expiresAt', 'refreshToken', 'user'])
    expect(body.user).toEqual(user)
    for (const one of [accessToken, other.accessToken!]) await isRefused(one)
    expect(await seamSays(body.accessToken!)).toBe('accepted')
    for (const one of [refreshToken, other.refreshToken!]) expect((await refresh(one)).status).not.toBe(200)
    const renewed = await refresh(body.refreshToken!)
    expect(renewed.status).toBe(200)
    expect(await seamSays(renewed.body.accessToken!)).toBe('accepted')
    expect(await db().$count(session, and(eq(session.userId, user.id), isNull(session.endedAt)))).toBe(1)
    expect((await signIn(email, password)).status).toBe(401)
    expect((await signIn(email, another)).status).toBe(200)
  })

  it('stays in the organisation that the session was in', async () => {
    const { user, accessToken } = await createAccount(app)
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'admin')
    const input = { organizationId: next }
    const switched = await newBrowser().post('/v1/auth/session/organization', input, bearer(accessToken))
    const { body } = await change(switched.body.accessToken!)
    expect(body.user).toMatchObject({ organizationId: next, role: 'admin' })
    expect((await refresh(body.refreshToken!)).body.user).toMatchObject({ organizationId: next, role: 'admin' })
  })

  it('keeps a thief out who has the refresh token, used or not, at once and later', async () => {
    const { accessToken, refreshToken: used } = await createAccount(app)
    const unused = (await refresh(used)).body.refreshToken!
    const { body } = await change(accessToken)
    for (const stolen of [used, unused])
      expect(await refresh(stolen)).toMatchObject({ status: 409, body: { reason: 'auth.session_replaced' } })
    await db()
      .update(session)
      .set({ endedAt: sql`${session.endedAt} - interval '10100 milliseconds'` })
    for (const stolen of [used, unused])
      expect(await refresh(stolen)).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
    // Which the session that took its place does not suffer from.
    expect((await refresh(body.refreshToken!)).status).toBe(200)
  })

  it('leaves every tab of the browser signed in, whichever refreshes while it happens', async () => {
    const { email } = await createAccount(app)
    const browser = newBrowser()
    await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    /** A tab that sends what the jar has now. */
    const tab = () => {
      const sent = createBrowser(app.baseUrl)
      for (const [name, value] of browser.cookies) sent.cookies.set(name, value)
      return sent
    }
    const late = tab()
    const early = Array.from({ length: 10 }, tab)
    const answers = await Promise.all([
      browser.post('/v1/auth/password/change', { currentPassword: password, newPassword: another }),
      ...early.map((one) => one.post('/v1/auth/token/refresh')),
    ])
    expect(answers[0].status).toBe(200)
    for (const { status, headers } of answers.slice(1)) {
      expect([200, 409]).toContain(status)
      if (status === 409) expect(headers.getSetCookie()).toEqual([])
    }
    const refused = await late.post('/v1/auth/token/refresh')
    expect(refused).toMatchObject({ status: 409, body: { reason: 'auth.session_replaced' } })
    expect(refused.headers.getSetCookie()).toEqual([])
    const again = await Promise.all(Array.from({ length: 20 }, tab).map((one) => one.post('/v1/auth/token/refresh')))
    expect(again.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  })

  it('answers a browser with a cookie', async () => {
    const { email } = await createAccount(app)
    const browser = newBrowser()
    await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    const before = new Map(browser.cookies)
    const { status, body } = await browser.post<SignedIn>('/v1/auth/password/change', {
      currentPassword: password,
      newPassword: another,
    })
    expect({ status, fields: Object.keys(body).sort() }).toEqual({ status: 200, fields: ['expiresAt', 'user'] })
    expect(browser.cookies.get('lightpress_access')).not.toBe(before.get('lightpress_access'))
    expect(browser.cookies.get('lightpress_refresh')).not.toBe(before.get('lightpress_refresh'))
    await isRefused(before.get('lightpress_access')!)
    expect(await seamSays(browser.cookies.get('lightpress_access')!)).toBe('accepted')
    expect((await browser.post('/v1/auth/token/refresh')).status).toBe(200)
  })

  it('takes the current one: a wrong one is an error of its field, and cannot be guessed at', async () => {
    const { email, accessToken } = await createAccount(app)
    const wrong = () => change(accessToken, { currentPassword: 'not this one' })
    const { status, body } = await wrong()
    expect({ status, reason: body.reason, errors: body.errors }).toMatchObject({
      status: 400,
      reason: 'auth.password_wrong',
      errors: [{ path: 'currentPassword' }],
    })
    const answers = await Promise.all(Array.from({ length: 14 }, wrong))
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9)
    expect(await change(accessToken)).toMatchObject({ status: 429, body: { reason: 'auth.too_many_attempts' } })
    // Which keeps nobody from signing in.
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('takes a second factor as well, of whoever has one, if the last proof is older than ten minutes', async () => {
    const person = await createGuarded(app)
    const accessToken = await proveLongAgo(app, person, { minutes: 11 })
    expect(await change(accessToken)).toMatchObject({ status: 403, body: { reason: 'request.step_up_required' } })
    const proof = { kind: 'totp', code: codeOf(person.secret) }
    const proved = await newBrowser().post('/v1/auth/step-up', { proof }, bearer(accessToken))
    const lately = await proveLongAgo(app, { refreshToken: proved.body.refreshToken! }, { minutes: 5 })
    const { status, body: changed } = await change(lately)
    expect(status).toBe(200)
    // It is no proof of the second factor: that is as old as it was, however often the password is another.
    const provedAt = (token: string) => (claimsIn(token) as { auth_time: number }).auth_time
    expect(provedAt(changed.accessToken!)).toBe(provedAt(lately))
    // Without a second factor the password that is asked for is the proof.
    const other = await createAccount(app)
    expect((await change(await proveLongAgo(app, other, { minutes: 11 }))).status).toBe(200)
  })

  it('is not kept up by strangers who guess at the account', async () => {
    const { email, accessToken } = await createAccount(app)
    for (let guess = 0; guess < 12; guess++) await signIn(email, 'wrong')
    expect((await signIn(email, password)).status).toBe(429)
    expect((await change(accessToken)).status).toBe(200)
  })

  it.each([
    ['the one that it is', password],
    ['one that is common', 'password1234'],
    ['one that is made of the name', 'lovelace ada'],
    ['one that is short', 'short'],
  ])('refuses %s and names the field', async (_, newPassword) => {
    const { email, accessToken } = await createAccount(app)
    const { status, body } = await change(accessToken, { newPassword })
    expect({ status, paths: body.errors?.map(({ path }) => path) }).toEqual({ status: 400, paths: ['newPassword'] })
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('makes the links to reset it worthless', async () => {
    const { email, accessToken } = await createAccount(app)
    const { token } = await askForReset(app, email)
    await change(accessToken)
    expect(await reset(token, 'yet another set of words')).toMatchObject(invalidLink)
    expect((await signIn(email, another)).status).toBe(200)
  })

  it('takes away a change of address that somebody had begun', async () => {
    const { user, accessToken } = await createAccount(app)
    await asHolder(accessToken).changeEmail({ email: newEmail() })
    const mails = await readChangeMails(app, user.id)
    expect((await change(accessToken)).status).toBe(200)
    for (const token of [mails.old, mails.new])
      expect(await newBrowser().post('/v1/auth/email/change/confirm', { token })).toMatchObject(invalidLink)
    expect(await entriesOf(user.id, 'email_change_cancelled')).toHaveLength(1)
  })

  it('at once in two tabs does it once', async () => {
    const { email, user, accessToken } = await createAccount(app)
    const words = ['chosen in the first tab', 'chosen in the second tab'] as const
    const answers = await Promise.all(words.map((newPassword) => change(accessToken, { newPassword })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const won = answers.findIndex(({ status }) => status === 200)
    expect(['auth.password_wrong', 'request.session_ended']).toContain(answers[1 - won]!.body.reason)
    expect((await signIn(email, words[won]!)).status).toBe(200)
    expect(await entriesOf(user.id, 'password_changed')).toHaveLength(1)
    expect(await seamSays(answers[won]!.body.accessToken!)).toBe('accepted')
  })

  it.each([
    [
      'the account changed',
      (userId: string) => db().update(account).set({ sessionVersion: 7 }).where(eq(account.userId, userId)),
    ],
    [
      'the session ended',
      (userId: string) => db().update(session).set({ endedAt: new Date() }).where(eq(session.userId, userId)),
    ],
  ])('does nothing when %s meanwhile', async (_, meanwhile) => {
    const { email, user, accessToken } = await createAccount(app)
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await meanwhile(user.id)
      return readPrincipal(input)
    })
    expect(await change(accessToken)).toMatchObject({ status: 401, body: { reason: 'request.session_ended' } })
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('does nothing while users cannot be asked, nor for a suspended person', async () => {
    const { email, user, accessToken } = await createAccount(app)
    app.users.people.get(user.id)!.suspended = true
    expect((await change(accessToken)).status).toBe(401)
    app.users.people.get(user.id)!.suspended = false
    vi.spyOn(app.users, 'readPrincipal').mockRejectedValueOnce(new Error('Gone'))
    expect((await change(accessToken)).status).toBe(500)
    expect((await signIn(email, password)).status).toBe(200)
  })

  it('is told to the person, and is in the audit log', async () => {
    const { user, accessToken } = await createAccount(app)
    await change(accessToken)
    expect(await entriesOf(user.id, 'password_changed')).toMatchObject([{ actorId: user.id }])
    expect(await alertsOf(user.id)).toContain('password_changed')
  })
})
