import { until } from '@lightpress/testing'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, refreshToken, session } from '../src/schema.ts'
import { actIn, impersonation, operatorsBrowser, who, type Auth } from './impersonation-support.ts'
import { age, claimsIn, paths, seamSays, sessionOf, withCookies } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, start, type Browser } from './support.ts'

let app: Auth

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const db = () => app.contextFor('auth').db
const refreshIn = ({ cookies }: Browser) => cookies.get('lightpress_refresh')!
const keptIn = ({ cookies }: Browser) => cookies.get('lightpress_operator')
const tabOf = ({ cookies }: Browser) => withCookies(app, new Map(cookies))

/** An operator who acts as somebody in their browser. */
async function acting() {
  const mine = await operatorsBrowser(app)
  const own = await sessionOf(app, refreshIn(mine.browser))
  const person = await createAccount(app)
  const { status, body } = await actIn(mine.browser, person.user.id)
  expect([status, body.accessToken, body.refreshToken]).toEqual([200, undefined, undefined])
  return { ...mine, own, person, begun: await sessionOf(app, refreshIn(mine.browser)) }
}

/** That the browser is the operator's again, in the very session that they had. */
async function expectOwn({ browser, id, own }: Pick<Awaited<ReturnType<typeof acting>>, 'browser' | 'id' | 'own'>) {
  expect((await who(browser)).body).toMatchObject({ id: own.id, userId: id, impersonation: null })
  expect((await sessionOf(app, refreshIn(browser))).id).toBe(own.id)
  expect(keptIn(browser)).toBeUndefined()
}

describe('acting as somebody in a browser', () => {
  it('keeps the own session of the operator aside, which goes on when it is over', async () => {
    const set = await acting()
    const { browser, own, person, id } = set
    expect((await who(browser)).body).toMatchObject({ userId: person.user.id, impersonation: { operatorId: id } })
    expect((await sessionOf(app, keptIn(browser)!)).id).toBe(own.id)
    expect((await browser.post(paths.refresh)).body.user.id).toBe(person.user.id)
    expect((await browser.delete(impersonation)).body).toEqual({ status: 'ended' })
    expect((await who(browser)).status).toBe(401)
    const { body } = await browser.post(paths.refresh)
    expect(body.user).toMatchObject({ id, operator: true })
    await expectOwn(set)
    expect((await browser.post(paths.refresh)).status).toBe(200)
  })

  it('does not begin by a refresh token that comes again, and keeps what that led to', async () => {
    const { browser, id } = await operatorsBrowser(app)
    const stale = refreshIn(browser)
    await browser.post(paths.refresh)
    const own = await sessionOf(app, stale)
    await age(app, own.id, 60_000)
    browser.cookies.set('lightpress_refresh', stale)
    const { status, body } = await actIn(browser, (await createAccount(app)).user.id)
    expect([status, body.reason]).toEqual([401, 'request.session_ended'])
    expect((await sessionOf(app, stale)).endedAt).not.toBeNull()
    const replayed = and(eq(auditEntry.userId, id), eq(auditEntry.action, 'refresh_token_replayed'))
    expect(await db().$count(auditEntry, replayed)).toBe(1)
  })

  it('keeps it in a cookie that no script reads and no other site sends along', async () => {
    const { browser } = await operatorsBrowser(app)
    const { headers } = await actIn(browser, (await createAccount(app)).user.id)
    const [kept] = headers.getSetCookie().filter((line) => line.startsWith('lightpress_operator='))
    expect(kept).toMatch(/HttpOnly/)
    expect(kept).toMatch(/SameSite=Lax/)
  })

  it('is for our own pages', async () => {
    const { browser } = await operatorsBrowser(app)
    const { user } = await createAccount(app)
    const input = { person: user.id, reason: 'because I can', mode: 'cookie' }
    const { status } = await browser.post(impersonation, input, { origin: 'https://evil.example' })
    expect(status).toBe(403)
    expect(keptIn(browser)).toBeUndefined()
  })

  it('goes on for every tab that refreshes at the end, each with what the others have', async () => {
    const set = await acting()
    const { browser } = set
    await browser.delete(impersonation)
    const tabs = Array.from({ length: 10 }, () => tabOf(browser))
    const answers = await Promise.all(tabs.map((tab) => tab.post(paths.refresh)))
    expect(answers.map(({ status }) => status)).toEqual(tabs.map(() => 200))
    expect(new Set(tabs.map(refreshIn)).size).toBe(1)
    for (const tab of tabs) await expectOwn({ ...set, browser: tab })
  })

  it('is no theft when a tab refreshes the own session at its beginning', async () => {
    const mine = await operatorsBrowser(app)
    const own = await sessionOf(app, refreshIn(mine.browser))
    const { user } = await createAccount(app)
    const tab = tabOf(mine.browser)
    const answers = await Promise.all([actIn(mine.browser, user.id), tab.post(paths.refresh)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    // Long after that, as far as what was traded then goes.
    await db()
      .update(refreshToken)
      .set({ usedAt: sql`${refreshToken.usedAt} - interval '11 seconds'` })
      .where(eq(refreshToken.sessionId, own.id))
    await mine.browser.delete(impersonation)
    expect((await mine.browser.post(paths.refresh)).status).toBe(200)
    await expectOwn({ ...mine, own })
  })

  it('goes on as the operator when the hour is over, and when the person ends it', async () => {
    const late = await acting()
    await db()
      .update(session)
      .set({ endsAt: sql`now()` })
      .where(eq(session.id, late.begun.id))
    const ended = await acting()
    await createBrowser(app.baseUrl).delete(paths.sessions, bearer(ended.person.accessToken))
    const suspended = await acting()
    app.users.people.get(suspended.person.user.id)!.suspended = true
    for (const set of [late, ended, suspended]) {
      expect((await set.browser.post(paths.refresh)).body.user.id).toBe(set.id)
      await expectOwn(set)
    }
  })

  it('leaves nobody signed in when the operator may not come in any more', async () => {
    const { browser, id, own, begun } = await acting()
    await db()
      .update(session)
      .set({ endedAt: sql`now()` })
      .where(inArray(session.id, [own.id, begun.id]))
    expect((await browser.post(paths.refresh)).body.reason).toBe('auth.refresh_token_invalid')
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
    expect(
      await db().$count(auditEntry, and(eq(auditEntry.userId, id), eq(auditEntry.action, 'refresh_token_replayed'))),
    ).toBe(0)
  })

  it('ends by signing out, and the own session with it', async () => {
    const { browser, id, own, begun, person } = await acting()
    const kept = keptIn(browser)!
    const access = browser.cookies.get('lightpress_access')!
    expect((await browser.post(paths.signOut)).body).toEqual({ status: 'signed_out' })
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
    expect((await sessionOf(app, kept)).endedAt).not.toBeNull()
    await until(
      () => seamSays(app, access),
      (says) => says === 'request.session_ended',
      { timeout: 5_000 },
    )
    const written = await db()
      .select()
      .from(auditEntry)
      .where(eq(auditEntry.requestId, await lastRequest(own.id)))
    expect(written).toMatchObject([
      {
        action: 'impersonation_ended',
        userId: person.user.id,
        actorId: person.user.id,
        impersonatorId: id,
        sessionId: begun.id,
      },
      { action: 'signed_out', userId: id, actorId: id, impersonatorId: null, sessionId: own.id },
    ])
  })

  it('ends when somebody signs in over it, who is nobody but themself', async () => {
    const { browser, id, own, begun, person } = await acting()
    const somebody = await createAccount(app)
    const { status } = await browser.post(paths.signIn, { email: somebody.email, password, mode: 'cookie' })
    expect(status).toBe(200)
    expect(keptIn(browser)).toBeUndefined()
    for (const sessionId of [own.id, begun.id]) {
      const [row] = await db().select().from(session).where(eq(session.id, sessionId))
      expect(row!.endedAt).not.toBeNull()
    }
    const signedIn = and(eq(auditEntry.userId, somebody.user.id), eq(auditEntry.action, 'signed_in'))
    expect(await db().select().from(auditEntry).where(signedIn)).toMatchObject([
      { actorId: somebody.user.id, impersonatorId: null },
    ])
    const over = and(eq(auditEntry.userId, person.user.id), eq(auditEntry.action, 'impersonation_ended'))
    expect(await db().select().from(auditEntry).where(over)).toMatchObject([
      { actorId: person.user.id, impersonatorId: id, sessionId: begun.id },
    ])
  })

  it('does not begin without the refresh token that would lead back', async () => {
    const { browser } = await operatorsBrowser(app)
    const { user } = await createAccount(app)
    browser.cookies.delete('lightpress_refresh')
    expect((await actIn(browser, user.id)).body.reason).toBe('request.session_ended')
    const { browser: another } = await operatorsBrowser(app)
    browser.cookies.set('lightpress_refresh', refreshIn(another))
    expect((await actIn(browser, user.id)).body.reason).toBe('request.session_ended')
    expect((await another.post(paths.refresh)).status).toBe(200)
  })

  it('replaces what a browser has when the operator asked by a bearer token', async () => {
    const { browser, id } = await operatorsBrowser(app)
    const access = browser.cookies.get('lightpress_access')!
    const own = await sessionOf(app, refreshIn(browser))
    const { user } = await createAccount(app)
    const input = { person: user.id, reason: 'because I must', mode: 'cookie' }
    expect((await browser.post(impersonation, input, bearer(access))).status).toBe(200)
    expect(keptIn(browser)).toBeUndefined()
    expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({ sub: user.id, act: { sub: id } })
    const [row] = await db().select().from(session).where(eq(session.id, own.id))
    expect(row!.endedAt).not.toBeNull()
  })

  async function lastRequest(sessionId: string): Promise<string> {
    const [entry] = await db()
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.sessionId, sessionId), eq(auditEntry.action, 'signed_out')))
    return entry!.requestId!
  }
})
