import type { AuditAction } from '@lightpress/auth-contract'
import type { RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { account, allowance, auditEntry, lockout, refreshToken, session, ticket } from '../src/schema.ts'
import {
  addTotp,
  beginSignIn,
  codeOf,
  createGuarded,
  endSignIn,
  factorPaths as paths,
  forgetUse,
  wrongCodeOf,
} from './factor-support.ts'
import { askForReset } from './links.ts'
import { bearer, createAccount, createBrowser, password, start, type Browser, type FakeUsers } from './support.ts'

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
const invalid = { status: 400, body: { reason: 'auth.challenge_invalid' } }

function db() {
  return app.contextFor('auth').db
}

function newBrowser() {
  return createBrowser(app.baseUrl)
}

async function begin(email: string, mode = 'token', browser: Browser = newBrowser()) {
  return { browser, ...(await beginSignIn(browser, email, { mode })) }
}

function entriesOf(userId: string, action: AuditAction) {
  return db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
}

/** Sessions of a person, and refresh tokens that keep them alive. */
async function countSessions(userId: string) {
  const sessions = await db().select({ id: session.id }).from(session).where(eq(session.userId, userId))
  const tokens = await db()
    .select({ hash: refreshToken.hash })
    .from(refreshToken)
    .innerJoin(session, and(eq(session.id, refreshToken.sessionId), eq(session.userId, userId)))
  return { sessions: sessions.length, tokens: tokens.length }
}

describe('the right password of whoever has a second factor', () => {
  it.each(['token', 'cookie'])('opens nothing but the way to that (%s)', async (mode) => {
    const { email, user } = await createGuarded(app)
    const [before, signIns] = [await countSessions(user.id), await entriesOf(user.id, 'signed_in')]
    const { browser, status, body } = await begin(email, mode)
    expect(status).toBe(200)
    expect(body).toEqual({
      mfaRequired: true,
      challenge: expect.any(String),
      factors: ['totp', 'recovery_code'],
      expiresAt: expect.any(String),
    })
    const minutes = (Date.parse(body.expiresAt) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(9)
    expect(minutes).toBeLessThanOrEqual(10)
    expect([...browser.cookies.keys()]).toEqual(mode === 'cookie' ? ['lightpress_browser'] : [])
    expect(await countSessions(user.id)).toEqual(before)
    expect(await entriesOf(user.id, 'signed_in')).toEqual(signIns)
  })

  it('gives a challenge that is no token of any kind', async () => {
    const { email } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    expect((await newBrowser().get(paths.credentials, bearer(challenge))).status).toBe(401)
    expect((await newBrowser().post('/v1/auth/token/refresh', { refreshToken: challenge })).status).toBe(401)
    expect((await newBrowser().post('/v1/auth/password/reset', { token: challenge, password: another })).status).toBe(
      400,
    )
  })

  it('lets them in once the second is proved, and says by what', async () => {
    const { email, secret, user } = await createGuarded(app)
    const before = await countSessions(user.id)
    const { challenge } = (await begin(email)).body
    const { status, body } = await endSignIn(newBrowser(), challenge, codeOf(secret))
    expect({ status, email: body.user.email }).toEqual({ status: 200, email })
    expect((await newBrowser().get(paths.credentials, bearer(body.accessToken!))).status).toBe(200)
    expect(await countSessions(user.id)).toEqual({ sessions: before.sessions + 1, tokens: before.tokens + 1 })
    expect((await entriesOf(user.id, 'signed_in')).at(-1)).toMatchObject({ method: 'password', factor: 'totp' })
  })

  it('is not enough either for whoever got it while the password was checked', async () => {
    const { email, user, accessToken } = await createAccount(app)
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await addTotp(app, accessToken)
      return readPrincipal(input)
    })
    const before = await countSessions(user.id)
    expect((await begin(email)).body).toMatchObject({ mfaRequired: true })
    expect(await countSessions(user.id)).toEqual(before)
  })

  it('is enough again once the factor is gone', async () => {
    const { email, accessToken } = await createGuarded(app)
    await newBrowser().post(paths.disable, {}, bearer(accessToken))
    expect((await begin(email)).body).toHaveProperty('accessToken')
  })
})

describe('a challenge', () => {
  it('is good once', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    expect((await endSignIn(newBrowser(), challenge, codeOf(secret))).status).toBe(200)
    await forgetUse(app, user.id)
    expect(await endSignIn(newBrowser(), challenge, codeOf(secret))).toMatchObject(invalid)
  })

  it('opens one session by two right codes at once', async () => {
    const { email, secret, recoveryCodes, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    const before = await countSessions(user.id)
    const answers = await Promise.all([
      endSignIn(newBrowser(), challenge, codeOf(secret)),
      ...recoveryCodes.slice(0, 4).map((code) => newBrowser().post(paths.verifyCode, { challenge, code })),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400])
    expect((await countSessions(user.id)).sessions).toBe(before.sessions + 1)
  })

  it('stays good when a code was wrong', async () => {
    const { email, secret } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    expect(await endSignIn(newBrowser(), challenge, wrongCodeOf(secret))).toMatchObject({
      status: 400,
      body: { reason: 'auth.code_wrong' },
    })
    expect((await endSignIn(newBrowser(), challenge, codeOf(secret))).status).toBe(200)
  })

  it('is for the person whose password was right', async () => {
    const [one, other] = [await createGuarded(app), await createGuarded(app)]
    const { challenge } = (await begin(one.email)).body
    expect(await endSignIn(newBrowser(), challenge, codeOf(other.secret))).toMatchObject({
      body: { reason: 'auth.code_wrong' },
    })
    expect((await endSignIn(newBrowser(), challenge, codeOf(one.secret))).body.user.email).toBe(one.email)
  })

  it('is over after ten minutes', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    await db()
      .update(ticket)
      .set({ expiresAt: new Date(Date.now() - 1) })
      .where(eq(ticket.userId, user.id))
    expect(await endSignIn(newBrowser(), challenge, codeOf(secret))).toMatchObject(invalid)
  })

  it.each<[string, (person: Awaited<ReturnType<typeof createGuarded>>) => Promise<unknown>]>([
    [
      'a new password',
      ({ accessToken }) =>
        newBrowser().post(
          '/v1/auth/password/change',
          { currentPassword: password, newPassword: another },
          bearer(accessToken),
        ),
    ],
    [
      'a password reset',
      async ({ email }) => {
        const { token } = await askForReset(app, email)
        return newBrowser().post('/v1/auth/password/reset', { token, password: another })
      },
    ],
    ['the end of all sessions', ({ accessToken }) => newBrowser().delete('/v1/auth/sessions', bearer(accessToken))],
    ['another role', ({ user }) => db().update(account).set({ sessionVersion: 9 }).where(eq(account.userId, user.id))],
  ])('is over with %s', async (_, happens) => {
    const person = await createGuarded(app)
    const { challenge } = (await begin(person.email)).body
    await happens(person)
    expect(await endSignIn(newBrowser(), challenge, codeOf(person.secret))).toMatchObject(invalid)
    expect(await newBrowser().post(paths.verifyCode, { challenge, code: person.recoveryCodes[0] })).toMatchObject(
      invalid,
    )
  })

  it('is over, also where the account changes while the code is checked, and the code is not used up', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await db().update(account).set({ sessionVersion: 9 }).where(eq(account.userId, user.id))
      return readPrincipal(input)
    })
    const before = await countSessions(user.id)
    const code = codeOf(secret)
    expect(await endSignIn(newBrowser(), challenge, code)).toMatchObject(invalid)
    expect(await countSessions(user.id)).toEqual(before)
    const again = (await begin(email)).body.challenge
    expect((await endSignIn(newBrowser(), again, code)).status).toBe(200)
  })

  it('lets no suspended person in', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    app.users.people.get(user.id)!.suspended = true
    expect(await endSignIn(newBrowser(), challenge, codeOf(secret))).toMatchObject(invalid)
  })

  it('that nobody was given is refused before anything is checked', async () => {
    const { email, recoveryCodes, user } = await createGuarded(app)
    const { challenge } = (await begin(email)).body
    for (const forged of [
      '',
      'nonsense',
      `${challenge}x`,
      challenge.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ])
      expect(await newBrowser().post(paths.verifyCode, { challenge: forged, code: recoveryCodes[0] })).toMatchObject(
        invalid,
      )
    expect(await entriesOf(user.id, 'second_factor_failed')).toEqual([])
  })
})

describe('where a sign-in is gone on with', () => {
  it('in a browser is that browser', async () => {
    const { email, secret } = await createGuarded(app)
    const { browser, body } = await begin(email, 'cookie')
    const cookie = { mode: 'cookie' }
    const strange = newBrowser()
    // It has a cookie of its own from a sign-in of its own.
    await begin(email, 'cookie', strange)
    for (const elsewhere of [newBrowser(), strange]) {
      expect(await endSignIn(elsewhere, body.challenge, codeOf(secret), cookie)).toMatchObject(invalid)
      expect(await endSignIn(elsewhere, body.challenge, codeOf(secret))).toMatchObject(invalid)
    }
    const here = await endSignIn(browser, body.challenge, codeOf(secret), cookie)
    expect({ status: here.status, fields: Object.keys(here.body).sort() }).toEqual({
      status: 200,
      fields: ['expiresAt', 'user'],
    })
    expect([...browser.cookies.keys()].sort()).toEqual([
      'lightpress_access',
      'lightpress_browser',
      'lightpress_device',
      'lightpress_refresh',
    ])
  })

  it('in a program is wherever the program is, without cookies', async () => {
    const { email, secret } = await createGuarded(app)
    const program = createBrowser(app.baseUrl, { origin: null })
    const { challenge } = (await begin(email, 'token', program)).body
    const { status, body } = await endSignIn(program, challenge, codeOf(secret))
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['accessToken', 'expiresAt', 'refreshToken', 'user'])
    expect([...program.cookies.keys()]).toEqual([])
  })

  it('is no page of another site', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { browser, body } = await begin(email, 'cookie')
    const elsewhere = createBrowser(app.baseUrl, { origin: 'https://elsewhere.test' })
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    const before = await countSessions(user.id)
    const refused = await endSignIn(elsewhere, body.challenge, codeOf(secret), { mode: 'cookie' })
    expect(refused.status).toBe(403)
    expect(await countSessions(user.id)).toEqual(before)
    // Nothing was used up by it.
    expect((await endSignIn(browser, body.challenge, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
  })

  it('keeps the session that a browser has until the new one is there', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { browser, body } = await begin(email, 'cookie')
    expect((await endSignIn(browser, body.challenge, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
    const open = async () => db().$count(session, eq(session.userId, user.id))
    const before = await open()
    await begin(email, 'cookie', browser)
    expect((await browser.get(paths.credentials)).status).toBe(200)
    expect(await open()).toBe(before)
  })
})
