import { auth as contract } from '@lightpress/auth-contract'
import { newId, type Server } from '@lightpress/kernel'
import { AppError, isAppError, revocationSignal } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { revoke } from '../src/revocations.ts'
import { account, refreshToken, revocation, session } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  newEmail,
  password,
  start,
  startAnother,
  type Browser,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Server

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

const paths = {
  signIn: '/v1/auth/sign-in',
  refresh: '/v1/auth/token/refresh',
  signOut: '/v1/auth/sign-out',
  switch: '/v1/auth/session/organization',
}

function newBrowser(origin?: string | null) {
  return createBrowser(app.baseUrl, origin === undefined ? {} : { origin })
}

function elsewhere() {
  return `http://127.0.0.1:${other.port}`
}

/** A browser that is signed in by cookies. */
async function signedInBrowser() {
  const { email, user } = await createAccount(app)
  const browser = newBrowser()
  const answer = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
  return { browser, answer, email, user }
}

function refreshBy(token: string) {
  return newBrowser().post(paths.refresh, { refreshToken: token })
}

/** What the seam makes of an access token, by an operation that every signed-in person may call. */
async function seamSays(accessToken: string, baseUrl = app.baseUrl) {
  const input = { organizationId: newId() }
  const { body } = await createBrowser(baseUrl).post(paths.switch, input, bearer(accessToken))
  return body.reason === 'auth.not_a_member' ? 'accepted' : body.reason
}

/** Lets time pass for the tokens of a session that were used. */
async function age(sessionId: string, milliseconds: number) {
  const { db } = app.contextFor('auth')
  const used = sql`now() - ${milliseconds}::int * interval '1 millisecond'`
  await db.update(refreshToken).set({ usedAt: used }).where(eq(refreshToken.sessionId, sessionId))
}

async function sessionOf(token: string) {
  const { db } = app.contextFor('auth')
  const [found] = await db
    .select({ id: session.id, endedAt: session.endedAt, organizationId: session.organizationId })
    .from(refreshToken)
    .innerJoin(session, eq(session.id, refreshToken.sessionId))
    .where(eq(refreshToken.hash, hashOf(token)))
  return found!
}

describe('sign-in', () => {
  it('answers tokens, who it is and until when', async () => {
    const { email, user } = await createAccount(app)
    const before = Date.now()
    const { status, body } = await newBrowser(null).post(paths.signIn, { email: email.toUpperCase(), password })
    expect(status).toBe(200)
    expect(body.user).toEqual(user)
    expect(await seamSays(body.accessToken!)).toBe('accepted')
    const life = Date.parse(body.expiresAt) - before
    expect(life).toBeGreaterThan(298_000)
    expect(life).toBeLessThan(301_000)
  })

  it('refuses a wrong password and an unknown address in the same words', async () => {
    const { email } = await createAccount(app)
    const answers = await Promise.all(
      [email, newEmail()].map((address) => newBrowser().post(paths.signIn, { email: address, password: 'wrong' })),
    )
    const [known, unknown] = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }))
    expect(known).toMatchObject({ status: 401, body: { reason: 'auth.wrong_credentials' } })
    expect(unknown).toEqual(known)
  })

  it('limits guesses at an account, parallel ones and those of an unknown address alike, and says for how long', async () => {
    const { email } = await createAccount(app)
    for (const address of [email, newEmail()]) {
      const guess = () => newBrowser().post(paths.signIn, { email: address, password: 'wrong' })
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
    const guess = () => newBrowser().post(paths.signIn, { email, password })
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

  it('does not limit whoever knows the password', async () => {
    const { email } = await createAccount(app)
    for (let time = 0; time < 15; time++)
      expect((await newBrowser().post(paths.signIn, { email, password })).status).toBe(200)
  })

  it('in cookie mode has no token in the body, and none that a script can read', async () => {
    const { browser, answer } = await signedInBrowser()
    expect(Object.keys(answer.body).sort()).toEqual(['expiresAt', 'user'])
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^lightpress_access=[\w.-]+; Max-Age=300; Path=\/; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^lightpress_refresh=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    expect((await browser.post(paths.switch, { organizationId: newId() })).body.reason).toBe('auth.not_a_member')
  })

  it('in cookie mode is for our own pages only', async () => {
    const { email } = await createAccount(app)
    for (const origin of ['https://evil.example', null]) {
      const browser = newBrowser(origin)
      const { status, body } = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
      expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
      expect(browser.cookies.size).toBe(0)
    }
  })

  it('lets nobody in who proved a password that was changed meanwhile', async () => {
    const { email, user } = await createAccount(app)
    const { db } = app.contextFor('auth')
    const { readPrincipal } = app.users
    const changing = vi.spyOn(app.users, 'readPrincipal').mockImplementation(async (input) => {
      await db.update(account).set({ sessionVersion: 1 }).where(eq(account.userId, user.id))
      return readPrincipal(input)
    })
    const { status } = await newBrowser().post(paths.signIn, { email, password })
    changing.mockRestore()
    expect(status).toBe(401)
    expect((await newBrowser().post(paths.signIn, { email, password })).status).toBe(200)
  })
})

describe('over HTTPS', () => {
  let secure: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    secure = await start({ PUBLIC_URL: 'https://app.example.com' })
  })
  afterAll(() => secure.close())

  it('cookies carry Secure and the prefix that binds them to the host', async () => {
    const { email } = await createAccount(secure)
    const browser = createBrowser(secure.baseUrl)
    const { headers } = await browser.post(paths.signIn, { email, password, mode: 'cookie' })
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-lightpress_access=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
      expect.stringMatching(/^__Host-lightpress_refresh=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ])
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })
})

describe('refresh', () => {
  it('trades a token for another one, in the body when it came in the body', async () => {
    const { refreshToken: first, user } = await createAccount(app)
    const { status, body, headers } = await refreshBy(first)
    expect(status).toBe(200)
    expect(body.user).toEqual(user)
    expect(body.refreshToken).not.toBe(first)
    expect(headers.getSetCookie()).toEqual([])
    expect(await seamSays(body.accessToken!)).toBe('accepted')
    expect((await refreshBy(body.refreshToken!)).status).toBe(200)
  })

  it('answers cookies with cookies', async () => {
    const { browser } = await signedInBrowser()
    const before = new Map(browser.cookies)
    const { status, body } = await browser.post(paths.refresh)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['expiresAt', 'user'])
    expect(browser.cookies.get('lightpress_refresh')).not.toBe(before.get('lightpress_refresh'))
  })

  it('takes no cookie from a page of another site', async () => {
    const { browser } = await signedInBrowser()
    const kept = new Map(browser.cookies)
    const { status, body } = await browser.post(paths.refresh, {}, { origin: 'https://evil.example' })
    expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
    expect(browser.cookies).toEqual(kept)
  })

  it('lets no page of another site take the cookies away', async () => {
    // A browser sends no cookie of ours (SameSite) with what another site posts, but would heed the answer's.
    for (const origin of ['https://evil.example', null]) {
      const { status, body, headers } = await newBrowser(origin).post(paths.refresh)
      expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
      expect(headers.getSetCookie()).toEqual([])
    }
  })

  it('stores hashes only', async () => {
    const { refreshToken: first } = await createAccount(app)
    const { body } = await refreshBy(first)
    const rows = JSON.stringify(await app.contextFor('auth').db.select().from(refreshToken))
    expect(rows).toContain(hashOf(first))
    for (const token of [first, body.refreshToken!]) expect(rows).not.toContain(token)
  })

  it('twenty times at once in two processes keeps the session, with one successor for all, again and again', async () => {
    const { browser } = await signedInBrowser()
    const { id } = await sessionOf(browser.cookies.get('lightpress_refresh')!)
    for (let round = 0; round < 5; round++) {
      const jar = new Map(browser.cookies)
      const tabs = Array.from({ length: 20 }, (_, tab) => withCookies(jar, tab % 2 ? elsewhere() : app.baseUrl))
      const answers = await Promise.all(tabs.map((tab) => tab.post(paths.refresh)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
      const successors = new Set(tabs.map(({ cookies }) => cookies.get('lightpress_refresh')))
      expect(successors.size).toBe(1)
      browser.cookies.set('lightpress_refresh', [...successors][0]!)
    }
    expect(await sessionOf(browser.cookies.get('lightpress_refresh')!)).toMatchObject({ id, endedAt: null })
  })

  it('within the grace leads to the newest token, however often it was traded meanwhile', async () => {
    const { refreshToken: first } = await createAccount(app)
    const second = (await refreshBy(first)).body.refreshToken!
    const third = (await refreshBy(second)).body.refreshToken!
    expect((await refreshBy(first)).body.refreshToken).toBe(third)
    expect((await refreshBy(third)).status).toBe(200)
  })

  it('repeated after the grace ends the session, in whichever process: one of two parties has stolen it', async () => {
    const { refreshToken: first, accessToken } = await createAccount(app)
    const { body } = await refreshBy(first)
    const { id } = await sessionOf(first)
    await age(id, 10_100)
    const replayed = await createBrowser(elsewhere()).post(paths.refresh, { refreshToken: first })
    expect(replayed).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
    expect((await refreshBy(body.refreshToken!)).status).toBe(401)
    expect((await sessionOf(first)).endedAt).not.toBeNull()
    for (const token of [accessToken, body.accessToken!])
      await until(
        () => seamSays(token),
        (says) => says === 'request.session_ended',
        { timeout: 5_000 },
      )
  })

  it.each([
    ['ahead', 60_000],
    ['behind', -60_000],
  ])('keeps to the grace in a process whose clock is %s', async (_, off) => {
    const { refreshToken: first } = await createAccount(app)
    const { body } = await refreshBy(first)
    const { id } = await sessionOf(first)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off })
    try {
      expect((await refreshBy(first)).body.refreshToken).toBe(body.refreshToken)
      await age(id, 10_100)
      expect((await refreshBy(first)).status).toBe(401)
    } finally {
      vi.useRealTimers()
    }
  })

  it('takes the cookies away when there is nothing left to renew', async () => {
    const { browser } = await signedInBrowser()
    const { id } = await sessionOf(browser.cookies.get('lightpress_refresh')!)
    await app.contextFor('auth').db.update(session).set({ endedAt: new Date() }).where(eq(session.id, id))
    expect((await browser.post(paths.refresh)).status).toBe(401)
    expect([...browser.cookies.keys()]).toEqual([])
  })

  it.each(['nonsense', '', 'A'.repeat(43)])('refuses %j', async (token) => {
    expect(await refreshBy(token)).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
  })

  it('refuses a request with neither cookie nor token', async () => {
    expect(await newBrowser().post(paths.refresh)).toMatchObject({ status: 401 })
  })

  it('refuses a token that nobody used for thirty days', async () => {
    const { refreshToken: token } = await createAccount(app)
    const { db } = app.contextFor('auth')
    await db
      .update(refreshToken)
      .set({ expiresAt: new Date() })
      .where(eq(refreshToken.hash, hashOf(token)))
    expect((await refreshBy(token)).status).toBe(401)
  })

  it('carries the role of now, and another organisation when the person left theirs', async () => {
    const { refreshToken: token, user } = await createAccount(app)
    const { roles } = app.users.people.get(user.id)!
    roles.set(user.organizationId!, 'member')
    const demoted = await refreshBy(token)
    expect(demoted.body.user).toMatchObject({ organizationId: user.organizationId, role: 'member' })

    const next = newId()
    roles.delete(user.organizationId!)
    roles.set(next, 'admin')
    const moved = await refreshBy(demoted.body.refreshToken!)
    expect(moved.body.user).toMatchObject({ organizationId: next, role: 'admin' })

    roles.clear()
    const alone = await refreshBy(moved.body.refreshToken!)
    expect(alone.body.user).toMatchObject({ organizationId: null, role: null })
  })

  it('ends the session of a person who does not exist any more', async () => {
    const { refreshToken: token, user } = await createAccount(app)
    app.users.people.delete(user.id)
    expect((await refreshBy(token)).status).toBe(401)
    expect((await sessionOf(token)).endedAt).not.toBeNull()
  })
})

describe('sign-out', () => {
  it('ends the session, tells every process, and takes the cookies away', async () => {
    const { email } = await createAccount(app)
    const program = (await newBrowser().post(paths.signIn, { email, password })).body
    const browser = newBrowser()
    await browser.post(paths.signIn, { email, password, mode: 'cookie' })
    const cookies = new Map(browser.cookies)
    const access = cookies.get('lightpress_access')!
    expect(await seamSays(access, elsewhere())).toBe('accepted')

    expect(await browser.post(paths.signOut)).toMatchObject({ status: 200, body: { status: 'signed_out' } })
    expect(browser.cookies.size).toBe(0)
    expect((await withCookies(cookies).post(paths.refresh)).status).toBe(401)
    for (const baseUrl of [app.baseUrl, elsewhere()])
      await until(
        () => seamSays(access, baseUrl),
        (says) => says === 'request.session_ended',
        { timeout: 5_000 },
      )
    expect(await seamSays(program.accessToken!)).toBe('accepted')
  })

  it('is for whoever is signed in, and not for pages of another site', async () => {
    expect(await newBrowser().post(paths.signOut)).toMatchObject({ status: 401 })
    const { browser } = await signedInBrowser()
    const { status } = await browser.post(paths.signOut, {}, { origin: 'https://evil.example' })
    expect(status).toBe(403)
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })
})

describe('switching the organisation', () => {
  it('answers a token for the other one, and so does every refresh from then on', async () => {
    const { accessToken, refreshToken: token, user } = await createAccount(app)
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'admin')
    const { status, body } = await newBrowser().post(paths.switch, { organizationId: next }, bearer(accessToken))
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ organizationId: next, role: 'admin' })
    expect(claimsIn(body.accessToken!)).toMatchObject({ org: next, role: 'admin' })
    expect((await refreshBy(token)).body.user).toMatchObject({ organizationId: next, role: 'admin' })
  })

  it('answers a browser with a cookie', async () => {
    const { browser, user } = await signedInBrowser()
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'member')
    const { status, body } = await browser.post(paths.switch, { organizationId: next })
    expect(status).toBe(200)
    expect(body.accessToken).toBeUndefined()
    expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({ org: next, role: 'member' })
  })

  it('to one that the person is not in changes nothing, and does not tell whether it exists', async () => {
    const { accessToken, refreshToken: token, user } = await createAccount(app)
    const strangers = (await createAccount(app)).user.organizationId!
    for (const organizationId of [strangers, newId()]) {
      const refused = await newBrowser().post(paths.switch, { organizationId }, bearer(accessToken))
      expect(refused).toMatchObject({ status: 404, body: { reason: 'auth.not_a_member' } })
    }
    expect((await refreshBy(token)).body.user).toMatchObject({ organizationId: user.organizationId })
  })
})

describe('revocations', () => {
  const read = (after: number) => app.callAs('users', contract).readRevocations({ after })

  it('are told once to a reader who goes on from the last', async () => {
    const { latest } = await read(0)
    const { accessToken, refreshToken: token } = await createAccount(app)
    const { id } = await sessionOf(token)
    await newBrowser().post(paths.signOut, {}, bearer(accessToken))
    const told = await read(latest)
    expect(told.revocations).toMatchObject([{ sessionId: id, userId: null, minimumVersion: null }])
    expect(told.latest).toBe(told.revocations[0]?.sequence)
    expect(await read(told.latest)).toEqual({ revocations: [], latest: told.latest })
  })

  it('are announced to the other processes once they are committed', async () => {
    const { accessToken, refreshToken: token } = await createAccount(app)
    const { id } = await sessionOf(token)
    const { signals } = other.contextFor('auth')
    const heard = Promise.withResolvers<Awaited<ReturnType<typeof read>>>()
    const stop = signals.on(revocationSignal, () => void read(0).then(heard.resolve))
    await newBrowser().post(paths.signOut, {}, bearer(accessToken))
    expect((await heard.promise).revocations.map(({ sessionId }) => sessionId)).toContain(id)
    stop()
  })

  it('are not told when no living token can have them', async () => {
    const { latest } = await read(0)
    const { accessToken } = await createAccount(app)
    await newBrowser().post(paths.signOut, {}, bearer(accessToken))
    const { db } = app.contextFor('auth')
    await db.update(revocation).set({ createdAt: new Date(Date.now() - 601_000) })
    expect((await read(latest)).revocations).toEqual([])
  })

  it('cannot be skipped: a later one does not appear before an earlier one that is still being written', async () => {
    const { latest } = await read(0)
    const ctx = app.contextFor('auth') as unknown as AuthContext
    const [slow, quick] = [newId(), newId()]
    const written = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const first = ctx.withTx(async (tx) => {
      await revoke(tx, [{ sessionId: slow }], ctx)
      written.resolve()
      await commit.promise
    })
    await written.promise
    const second = ctx.withTx((tx) => revoke(tx, [{ sessionId: quick }], ctx))
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect((await read(latest)).revocations).toEqual([])
    commit.resolve()
    await Promise.all([first, second])
    expect((await read(latest)).revocations.map(({ sessionId }) => sessionId)).toEqual([slow, quick])
  })
})

function withCookies(cookies: ReadonlyMap<string, string>, baseUrl = app.baseUrl): Browser {
  const browser = createBrowser(baseUrl)
  for (const [name, value] of cookies) browser.cookies.set(name, value)
  return browser
}

function claimsIn(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
}
