import { securityAlerted } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { auditEntry, refreshToken, session } from '../src/schema.ts'
import { LONGEST_CHAIN } from '../src/rotation.ts'
import { hashOf } from '../src/secrets.ts'
import { age, paths, refreshBy, seamSays, sessionOf, signedInBrowser, withCookies } from './session-support.ts'
import { createAccount, createBrowser, start, startAnother, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
/** Another process, where the same must hold. */
let other: Awaited<ReturnType<typeof startAnother>>

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

describe('refresh', () => {
  it('trades a token for another one, in the body when it came in the body', async () => {
    const { refreshToken: first, user } = await createAccount(app)
    const { status, body, headers } = await refreshBy(app, first)
    expect(status).toBe(200)
    expect(body.user).toEqual(user)
    expect(body.refreshToken).not.toBe(first)
    expect(headers.getSetCookie()).toEqual([])
    expect(await seamSays(app, body.accessToken!)).toBe('accepted')
    expect((await refreshBy(app, body.refreshToken!)).status).toBe(200)
  })

  it('answers cookies with cookies', async () => {
    const { browser } = await signedInBrowser(app)
    const before = new Map(browser.cookies)
    const { status, body } = await browser.post(paths.refresh)
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['expiresAt', 'user'])
    expect(browser.cookies.get('lightpress_refresh')).not.toBe(before.get('lightpress_refresh'))
  })

  it('takes no cookie from a page of another site', async () => {
    const { browser } = await signedInBrowser(app)
    const kept = new Map(browser.cookies)
    const { status, body } = await browser.post(paths.refresh, {}, { origin: 'https://evil.example' })
    expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
    expect(browser.cookies).toEqual(kept)
  })

  it('lets no page of another site take the cookies away', async () => {
    // A browser sends no cookie of ours (SameSite) with what another site posts, but would heed the answer's.
    const elsewhere = createBrowser(app.baseUrl, { origin: 'https://evil.example' })
    const { status, body, headers } = await elsewhere.post(paths.refresh)
    expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
    expect(headers.getSetCookie()).toEqual([])
  })

  it('tells a program what it forgot to send, and takes nothing away', async () => {
    const { status, body, headers } = await createBrowser(app.baseUrl, { origin: null }).post(paths.refresh)
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ path: 'refreshToken' }] })
    expect(headers.getSetCookie()).toEqual([])
  })

  it('stores hashes only', async () => {
    const { refreshToken: first } = await createAccount(app)
    const { body } = await refreshBy(app, first)
    const rows = JSON.stringify(await app.contextFor('auth').db.select().from(refreshToken))
    expect(rows).toContain(hashOf(first))
    for (const token of [first, body.refreshToken!]) expect(rows).not.toContain(token)
  })

  it('twenty times at once in two processes keeps the session, with one successor for all, again and again', async () => {
    const { browser } = await signedInBrowser(app)
    const { id } = await sessionOf(app, browser.cookies.get('lightpress_refresh')!)
    for (let round = 0; round < 5; round++) {
      const jar = new Map(browser.cookies)
      const tabs = Array.from({ length: 20 }, (_, tab) => withCookies(tab % 2 ? other : app, jar))
      const answers = await Promise.all(tabs.map((tab) => tab.post(paths.refresh)))
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
      const successors = new Set(tabs.map(({ cookies }) => cookies.get('lightpress_refresh')))
      expect(successors.size).toBe(1)
      browser.cookies.set('lightpress_refresh', [...successors][0]!)
    }
    expect(await sessionOf(app, browser.cookies.get('lightpress_refresh')!)).toMatchObject({ id, endedAt: null })
  })

  it('within the grace leads to the newest token, however often it was traded meanwhile', async () => {
    const { refreshToken: first } = await createAccount(app)
    const second = (await refreshBy(app, first)).body.refreshToken!
    const third = (await refreshBy(app, second)).body.refreshToken!
    expect((await refreshBy(app, first)).body.refreshToken).toBe(third)
    expect((await refreshBy(app, third)).status).toBe(200)
  })

  it('traded more often within the grace than anybody does is taken for a theft', async () => {
    const { refreshToken: first, user } = await createAccount(app)
    let newest = first
    for (let time = 0; time < LONGEST_CHAIN; time++) newest = (await refreshBy(app, newest)).body.refreshToken!
    expect((await refreshBy(app, first)).body.refreshToken).toBe(newest)
    newest = (await refreshBy(app, newest)).body.refreshToken!
    expect((await refreshBy(app, first)).status).toBe(401)
    expect((await refreshBy(app, newest)).status).toBe(401)
    expect(await replaysOf(user.id)).toHaveLength(1)
  })

  it('undoes no switch to another organisation that came in between', async () => {
    const { refreshToken: token, user } = await createAccount(app)
    const { db } = app.contextFor('auth')
    const next = newId()
    app.users.people.get(user.id)!.roles.set(next, 'admin')
    const { readPrincipal } = app.users
    vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await db.update(session).set({ organizationId: next }).where(eq(session.userId, user.id))
      return readPrincipal(input)
    })
    const { status, body } = await refreshBy(app, token)
    expect({ status, user: body.user }).toMatchObject({ status: 200, user: { organizationId: next, role: 'admin' } })
    expect((await sessionOf(app, token)).organizationId).toBe(next)
  })

  it('repeated after the grace ends the session, in whichever process: one of two parties has stolen it', async () => {
    const { refreshToken: first, accessToken } = await createAccount(app)
    const { body } = await refreshBy(app, first)
    const { id } = await sessionOf(app, first)
    await age(app, id, 10_100)
    const replayed = await createBrowser(other.baseUrl).post(paths.refresh, { refreshToken: first })
    expect(replayed).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
    expect((await refreshBy(app, body.refreshToken!)).status).toBe(401)
    expect((await sessionOf(app, first)).endedAt).not.toBeNull()
    for (const token of [accessToken, body.accessToken!])
      await until(
        () => seamSays(app, token),
        (says) => says === 'request.session_ended',
        { timeout: 5_000 },
      )
  })

  it('that is replayed is in the audit log, and the person is told, once', async () => {
    const { refreshToken: first, user } = await createAccount(app)
    await refreshBy(app, first)
    const { id } = await sessionOf(app, first)
    await age(app, id, 10_100)
    const answers = [await refreshBy(app, first), await refreshBy(app, first), await refreshBy(other, first)]
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    const replays = await replaysOf(user.id)
    expect(replays).toMatchObject([{ actorId: null, sessionId: id, organizationId: user.organizationId }])
    expect(await alertsOf(user.id)).toEqual([{ auditEntryId: replays[0]!.id, userId: user.id }])
  })

  it('that twenty replay at once ends the session once', async () => {
    const { refreshToken: first, user } = await createAccount(app)
    await refreshBy(app, first)
    await age(app, (await sessionOf(app, first)).id, 10_100)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, thief) => refreshBy(thief % 2 ? other : app, first)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]))
    expect(await alertsOf(user.id)).toHaveLength(1)
  })

  it('that is replayed after a restart ends the session all the same', async () => {
    const before = await startAnother(app)
    const { refreshToken: first, user } = await createAccount(app)
    const { body } = await refreshBy(before, first)
    await before.close()
    const after = await startAnother(app)
    try {
      await age(app, (await sessionOf(app, first)).id, 10_100)
      expect((await refreshBy(after, first)).status).toBe(401)
      expect((await refreshBy(after, body.refreshToken!)).status).toBe(401)
      expect(await alertsOf(user.id)).toHaveLength(1)
    } finally {
      await after.close()
    }
  })

  it.each([
    ['ahead', 60_000],
    ['behind', -60_000],
  ])('keeps to the grace in a process whose clock is %s', async (_, off) => {
    const { refreshToken: first } = await createAccount(app)
    const { body } = await refreshBy(app, first)
    const { id } = await sessionOf(app, first)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + off })
    try {
      expect((await refreshBy(app, first)).body.refreshToken).toBe(body.refreshToken)
      await age(app, id, 10_100)
      expect((await refreshBy(app, first)).status).toBe(401)
    } finally {
      vi.useRealTimers()
    }
  })

  it('takes the cookies away when there is nothing left to renew', async () => {
    const { browser } = await signedInBrowser(app)
    const { id } = await sessionOf(app, browser.cookies.get('lightpress_refresh')!)
    await app.contextFor('auth').db.update(session).set({ endedAt: new Date() }).where(eq(session.id, id))
    expect((await browser.post(paths.refresh)).status).toBe(401)
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
  })

  it.each(['nonsense', '', 'A'.repeat(43)])('refuses %j', async (token) => {
    expect(await refreshBy(app, token)).toMatchObject({ status: 401, body: { reason: 'auth.refresh_token_invalid' } })
  })

  it('refuses a request with neither cookie nor token', async () => {
    expect(await createBrowser(app.baseUrl).post(paths.refresh)).toMatchObject({ status: 401 })
  })

  it('refuses a token that nobody used for thirty days', async () => {
    const { refreshToken: token } = await createAccount(app)
    const { db } = app.contextFor('auth')
    await db
      .update(refreshToken)
      .set({ expiresAt: new Date() })
      .where(eq(refreshToken.hash, hashOf(token)))
    expect((await refreshBy(app, token)).status).toBe(401)
  })

  it('carries the role of now, and another organisation when the person left theirs', async () => {
    const { refreshToken: token, user } = await createAccount(app)
    const { roles } = app.users.people.get(user.id)!
    roles.set(user.organizationId!, 'member')
    const demoted = await refreshBy(app, token)
    expect(demoted.body.user).toMatchObject({ organizationId: user.organizationId, role: 'member' })

    const next = newId()
    roles.delete(user.organizationId!)
    roles.set(next, 'admin')
    const moved = await refreshBy(app, demoted.body.refreshToken!)
    expect(moved.body.user).toMatchObject({ organizationId: next, role: 'admin' })

    roles.clear()
    const alone = await refreshBy(app, moved.body.refreshToken!)
    expect(alone.body.user).toMatchObject({ organizationId: null, role: null })
  })

  it('ends the session of a person who does not exist any more', async () => {
    const { refreshToken: token, user } = await createAccount(app)
    app.users.people.delete(user.id)
    expect((await refreshBy(app, token)).status).toBe(401)
    expect((await sessionOf(app, token)).endedAt).not.toBeNull()
  })
})

function replaysOf(userId: string) {
  const theirs = and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'refresh_token_replayed'))
  return app.contextFor('auth').db.select().from(auditEntry).where(theirs)
}

/** What was promised to be told to a person. */
async function alertsOf(userId: string) {
  return (await app.outbox())
    .filter(({ type, payload }) => type === securityAlerted.type && (payload as { userId: string }).userId === userId)
    .map(({ payload }) => payload)
}
