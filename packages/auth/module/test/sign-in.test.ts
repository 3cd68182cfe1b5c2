import { newId } from '@lightpress/kernel'
import { AppError, isAppError } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, auditEntry } from '../src/schema.ts'
import { claimsIn, paths, seamSays, signedInBrowser } from './session-support.ts'
import { createAccount, createBrowser, newEmail, password, signUp, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

describe('sign-in', () => {
  it('answers tokens, who it is and until when', async () => {
    const { email, user } = await createAccount(app)
    const before = Date.now()
    const { status, body } = await createBrowser(app.baseUrl, { origin: null }).post(paths.signIn, {
      email: email.toUpperCase(),
      password,
    })
    expect(status).toBe(200)
    expect(body.user).toEqual(user)
    expect(await seamSays(app, body.accessToken!)).toBe('accepted')
    const expiresAt = Date.parse(body.expiresAt)
    expect(expiresAt).toBeGreaterThan(before + 299_000)
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 300_000)
  })

  it('refuses a wrong password and an unknown address in the same words', async () => {
    const { email } = await createAccount(app)
    const answers = await Promise.all(
      [email, newEmail()].map((address) =>
        createBrowser(app.baseUrl).post(paths.signIn, { email: address, password: 'wrong' }),
      ),
    )
    const [known, unknown] = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }))
    expect(known).toMatchObject({ status: 401, body: { reason: 'auth.wrong_credentials' } })
    expect(unknown).toEqual(known)
  })

  it('tells a suspended person so, and of one who is gone nothing; both are written down', async () => {
    const people = { suspended: await createAccount(app), gone: await createAccount(app) }
    app.users.people.get(people.suspended.user.id)!.suspended = true
    app.users.people.delete(people.gone.user.id)
    const refusals = { suspended: [403, 'auth.suspended'], gone: [401, 'auth.wrong_credentials'] } as const
    for (const which of ['suspended', 'gone'] as const) {
      const { email, user } = people[which]
      const { status, body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
      expect([status, body.reason]).toEqual(refusals[which])
      const failed = and(eq(auditEntry.userId, user.id), eq(auditEntry.action, 'sign_in_failed'))
      expect(await app.contextFor('auth').db.$count(auditEntry, failed)).toBe(1)
    }
  })

  it('limits guesses at an account, parallel ones and those of an unknown address alike, and says for how long', async () => {
    const { email } = await createAccount(app)
    for (const address of [email, newEmail()]) {
      const guess = () => createBrowser(app.baseUrl).post(paths.signIn, { email: address, password: 'wrong' })
      const answers = await Promise.all(Array.from({ length: 14 }, guess))
      expect(answers.map(({ status }) => status).sort()).toEqual([
        ...Array.from({ length: 10 }, () => 401),
        ...Array.from({ length: 4 }, () => 429),
      ])
      const { body, headers } = await guess()
      expect(body.reason).toBe('auth.too_many_attempts')
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
  })

  it('does not count a guess that could not be checked', async () => {
    const { email } = await createAccount(app)
    const guess = () => createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const failures = [new AppError('unavailable', 'auth.busy', 'Full.'), new Error('The database is away')]
    for (const failure of failures) {
      const checking = vi.spyOn(passwords, 'matches').mockRejectedValue(failure)
      const answers = await Promise.all(Array.from({ length: 10 }, guess))
      checking.mockRestore()
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([isAppError(failure) ? 503 : 500]))
    }
    expect((await guess()).status).toBe(200)
  })

  it('gives right guesses back to whoever knows the password', async () => {
    const { email } = await createAccount(app)
    for (let time = 0; time < 15; time++)
      expect((await createBrowser(app.baseUrl).post(paths.signIn, { email, password })).status).toBe(200)
  })

  it('takes a password of 256 characters, and every one of them counts', async () => {
    const words = Array.from(
      { length: 64 },
      (_, at) => `${String.fromCharCode(97 + ((at * 7) % 26))}${at % 10}-x`,
    ).join('')
    expect(words).toHaveLength(256)
    const browser = createBrowser(app.baseUrl)
    const { email, token } = await signUp(app, browser, newEmail(), words)
    expect((await browser.post('/v1/auth/email/verify', { token })).status).toBe(200)
    for (const wrong of [`${words.slice(0, 255)}y`, words.slice(0, 255)])
      expect((await browser.post(paths.signIn, { email, password: wrong })).status).toBe(401)
    expect((await browser.post(paths.signIn, { email, password: words })).status).toBe(200)
    const longer = { email: newEmail(), password: `${words}y`, name: 'Ada' }
    expect(await browser.post('/v1/auth/sign-up', longer)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'password' }] },
    })
  })

  it('in cookie mode has no token in the body, and none that a script can read', async () => {
    const { browser, answer } = await signedInBrowser(app)
    expect(Object.keys(answer.body).sort()).toEqual(['expiresAt', 'user'])
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^lightpress_device=[\w.-]+; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^lightpress_access=[\w.-]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^lightpress_refresh=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect((await browser.post(paths.switch, { organizationId: newId() })).body.reason).toBe('auth.not_a_member')
  })

  it('in cookie mode is for our own pages only', async () => {
    const { email } = await createAccount(app)
    for (const origin of ['https://evil.example', null]) {
      const browser = createBrowser(app.baseUrl, { origin })
      const { status, body } = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
      expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
      expect(browser.cookies.size).toBe(0)
    }
  })

  it.each([
    ['lets nobody in who proved a password that was changed meanwhile', { passwordHash: 'of another one' }, 401],
    ['lets in whose role changed meanwhile: the password is right', {}, 200],
  ])('%s', async (_, changed, expected) => {
    const { email, user } = await createAccount(app)
    const { db, passwords } = app.contextFor('auth') as unknown as AuthContext
    const set = 'passwordHash' in changed ? { passwordHash: await passwords.hash(changed.passwordHash) } : {}
    const { readPrincipal } = app.users
    const changing = vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await db
        .update(account)
        .set({ ...set, sessionVersion: 1 })
        .where(eq(account.userId, user.id))
      return readPrincipal(input)
    })
    const { status, body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    changing.mockRestore()
    expect(status).toBe(expected)
    if (expected === 200) expect(claimsIn(body.accessToken!)).toMatchObject({ ver: 1 })
  })
})

describe('over HTTPS', () => {
  let secure: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    secure = await start({ PUBLIC_URL: 'https://app.example.com', TRUSTED_PROXIES: '127.0.0.1' })
  })
  afterAll(() => secure.close())

  it('cookies carry Secure and the prefix that binds them to the host', async () => {
    const newBrowser = () =>
      createBrowser(secure.baseUrl, {
        origin: 'https://app.example.com',
        through: { 'x-forwarded-host': 'app.example.com', 'x-forwarded-proto': 'https' },
      })
    const { email } = await createAccount(secure, newBrowser())
    const browser = newBrowser()
    const { headers } = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-lightpress_device=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-lightpress_access=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-lightpress_refresh=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ])
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })
})
