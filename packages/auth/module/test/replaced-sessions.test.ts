import { until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, refreshToken, session } from '../src/schema.ts'
import { age, paths, seamSays, sessionOf, signedInBrowser, withCookies } from './session-support.ts'
import { createAccount, createBrowser, password, signUp, start, type Browser } from './support.ts'

let app: RunningModule

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const db = () => app.contextFor('auth').db
const refreshIn = ({ cookies }: Browser) => cookies.get('lightpress_refresh')!
const signIn = (browser: Browser, email: string, mode = 'cookie') =>
  browser.post(paths.signIn, { email, password, mode })

function liveSessionsOf(userId: string) {
  return db().$count(session, and(eq(session.userId, userId), isNull(session.endedAt)))
}

function signOutsOf(userId: string) {
  const theirs = and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'signed_out'))
  return db().select().from(auditEntry).where(theirs)
}

/** What the browser had before, as a tab sends it that has not heard of anything else yet. */
function tabOf(browser: Browser): Browser {
  return withCookies(app, new Map(browser.cookies))
}

describe('signing in over a session', () => {
  it('ends it, in the database and at the seam, and says so in the audit log', async () => {
    const { browser, email, user } = await signedInBrowser(app)
    const old = await sessionOf(app, refreshIn(browser))
    const access = browser.cookies.get('lightpress_access')!
    const before = await liveSessionsOf(user.id)
    expect((await signIn(browser, email)).status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(before)
    expect(await signOutsOf(user.id)).toMatchObject([
      { actorId: user.id, sessionId: old.id, organizationId: user.organizationId },
    ])
    await until(
      () => seamSays(app, access),
      (says) => says === 'request.session_ended',
      { timeout: 10_000 },
    )
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })

  it('of somebody else ends theirs, and no other', async () => {
    const { browser, user: first } = await signedInBrowser(app)
    const second = await createAccount(app)
    const before = await liveSessionsOf(first.id)
    expect((await signIn(browser, second.email)).status).toBe(200)
    expect(await liveSessionsOf(first.id)).toBe(before - 1)
    expect(await liveSessionsOf(second.user.id)).toBe(2)
    expect(await signOutsOf(first.id)).toMatchObject([{ actorId: first.id }])
    expect(await signOutsOf(second.user.id)).toEqual([])
  })

  it('leaves what another tab has under way signed in, and gives it nothing', async () => {
    const { browser, email } = await signedInBrowser(app)
    const tab = tabOf(browser)
    await signIn(browser, email)
    const refused = await tab.post(paths.refresh)
    expect(refused).toMatchObject({ status: 409, body: { reason: 'auth.session_replaced' } })
    expect(refused.headers.getSetCookie()).toEqual([])
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })

  it('counts a token that another tab has traded a moment ago as its own', async () => {
    const { browser, email, user } = await signedInBrowser(app)
    const before = await liveSessionsOf(user.id)
    await tabOf(browser).post(paths.refresh)
    await signIn(browser, email)
    expect(await liveSessionsOf(user.id)).toBe(before)
  })

  it('as a program leaves it alone', async () => {
    const { browser, email, user } = await signedInBrowser(app)
    const before = await liveSessionsOf(user.id)
    expect((await signIn(browser, email, 'token')).status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(before + 1)
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })

  it('with the wrong password leaves it alone', async () => {
    const { browser, email } = await signedInBrowser(app)
    const wrong = { email, password: 'not this one', mode: 'cookie' }
    expect((await browser.post(paths.signIn, wrong)).status).toBe(401)
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })

  it.each<[string, (browser: Browser, sessionId: string) => Promise<unknown>]>([
    [
      'was used long before',
      async (browser, sessionId) => {
        await tabOf(browser).post(paths.refresh)
        await age(app, sessionId, 10_100)
      },
    ],
    [
      'has expired',
      (_, sessionId) =>
        db().update(refreshToken).set({ expiresAt: new Date() }).where(eq(refreshToken.sessionId, sessionId)),
    ],
    ['is none', async (browser) => browser.cookies.set('lightpress_refresh', 'A'.repeat(43))],
  ])('with a cookie that %s ends nothing', async (_, spoil) => {
    const { browser, email, user } = await signedInBrowser(app)
    const { id } = await sessionOf(app, refreshIn(browser))
    await spoil(browser, id)
    expect((await signIn(browser, email)).status).toBe(200)
    const [row] = await db().select().from(session).where(eq(session.id, id))
    expect(row).toMatchObject({ endedAt: null, replacedBy: null })
    expect(await signOutsOf(user.id)).toEqual([])
  })

  // Eight: of guesses at once, which these are until they are checked, ten are let through.
  it('eight times at once ends it once', async () => {
    const { browser, email, user } = await signedInBrowser(app)
    const { id } = await sessionOf(app, refreshIn(browser))
    const before = await liveSessionsOf(user.id)
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(tabOf(browser), email)))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
    expect(await liveSessionsOf(user.id)).toBe(before - 1 + 8)
    expect(await signOutsOf(user.id)).toMatchObject([{ sessionId: id }])
  })
})

describe('a session that was replaced', () => {
  it('is over like any other after ten seconds', async () => {
    const { browser, email } = await signedInBrowser(app)
    const tab = tabOf(browser)
    const { id } = await sessionOf(app, refreshIn(browser))
    await signIn(browser, email)
    await db()
      .update(session)
      .set({ endedAt: sql`now() - interval '10100 milliseconds'` })
      .where(eq(session.id, id))
    expect(await tab.post(paths.refresh)).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
    expect([...tab.cookies.keys()]).toEqual(['lightpress_device'])
  })
})

describe('answering the mail of a sign-up', () => {
  it('in a browser that somebody is signed in to ends their session there', async () => {
    const { browser, user } = await signedInBrowser(app)
    const before = await liveSessionsOf(user.id)
    const { token } = await signUp(app, browser)
    const { status, body } = await browser.post('/v1/auth/email/verify', { token, mode: 'cookie' })
    expect(status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(before - 1)
    expect(await liveSessionsOf(body.user.id)).toBe(1)
    expect(await signOutsOf(user.id)).toMatchObject([{ actorId: user.id }])
  })

  it('as a program ends nothing', async () => {
    const { browser, user } = await signedInBrowser(app)
    const before = await liveSessionsOf(user.id)
    const { token } = await signUp(app, browser)
    expect((await browser.post('/v1/auth/email/verify', { token })).status).toBe(200)
    expect(await liveSessionsOf(user.id)).toBe(before)
  })

  it('is in a browser that had no session as before', async () => {
    const browser = createBrowser(app.baseUrl)
    const { token } = await signUp(app, browser)
    const { body } = await browser.post('/v1/auth/email/verify', { token, mode: 'cookie' })
    expect(await signOutsOf(body.user.id)).toEqual([])
    expect(await liveSessionsOf(body.user.id)).toBe(1)
  })
})
