import type { Session } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { until, type RunningModule } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { auditEntry, refreshToken, revocation, session } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { paths, refreshBy, seamSays, sessionOf, signedInBrowser } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, start, startAnother, type FakeUsers } from './support.ts'

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

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

async function signIn(email: string, userAgent = 'curl/8.5.0') {
  const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password }, { 'user-agent': userAgent })
  const { accessToken, refreshToken: token } = body as { accessToken: string; refreshToken: string }
  return { accessToken, refreshToken: token, id: (await sessionOf(app, token)).id }
}

/** Somebody with an account and sessions besides the first one. */
async function createPerson({ sessions }: { sessions: number }) {
  const first = await createAccount(app)
  const others = []
  for (let count = 0; count < sessions; count++) others.push(await signIn(first.email))
  return { ...first, id: (await sessionOf(app, first.refreshToken)).id, others }
}

async function list(accessToken: string, search = '') {
  const { body } = await createBrowser(app.baseUrl).get<{ items: Session[]; nextCursor: string | null }>(
    paths.sessions + search,
    bearer(accessToken),
  )
  return body
}

function end(accessToken: string, which: string) {
  return createBrowser(app.baseUrl).delete<{ status: string; ended: number; reason: string; requestId: string }>(
    paths.sessions + which,
    bearer(accessToken),
  )
}

async function audited(userId: string, action: 'session_ended' | 'sessions_ended') {
  const rows = await app.contextFor('auth').db.select().from(auditEntry).where(eq(auditEntry.userId, userId))
  return rows.filter((row) => row.action === action)
}

async function isRefusedEverywhere(accessToken: string) {
  for (const process of [app, other])
    await until(
      () => seamSays(process, accessToken),
      (says) => says === 'request.session_ended',
      { timeout: 5_000 },
    )
}

describe('the list of sessions', () => {
  it('says on which device each was begun and whence it was used, the one used last first', async () => {
    const { email, accessToken, refreshToken: token } = await createAccount(app)
    const first = await sessionOf(app, token)
    const second = await signIn(email, chrome)
    const { items, nextCursor } = await list(second.accessToken)
    expect(items).toMatchObject([
      {
        id: second.id,
        current: true,
        device: { browser: 'Chrome', system: 'Windows', kind: 'desktop' },
        ip: '127.0.0.1',
      },
      { id: first.id, current: false, device: { kind: 'program' } },
    ])
    expect(nextCursor).toBeNull()
    expect(Date.now() - Date.parse(items[0]!.createdAt)).toBeLessThan(60_000)
    expect(items[0]!.lastUsedAt).toBe(items[0]!.createdAt)

    await refreshBy(app, token)
    const after = await list(accessToken)
    expect(after.items.map(({ id, current }) => ({ id, current }))).toEqual([
      { id: first.id, current: true },
      { id: second.id, current: false },
    ])
  })

  it('has the sessions of nobody else, and none that is over', async () => {
    await createPerson({ sessions: 1 })
    const { accessToken, id, others } = await createPerson({ sessions: 4 })
    const [ended, unused, old, living] = others as [Signed, Signed, Signed, Signed]
    const { db } = app.contextFor('auth')
    await end(accessToken, `/${ended.id}`)
    await db.update(refreshToken).set({ expiresAt: new Date() }).where(eq(refreshToken.sessionId, unused.id))
    await db
      .update(session)
      .set({ createdAt: sql`now() - interval '90 days'` })
      .where(eq(session.id, old.id))
    const { items } = await list(accessToken)
    expect(items.map((item) => item.id)).toEqual([living.id, id])
  })

  it('comes in pages that have each session once, also where several were used at the same time', async () => {
    const { accessToken, id, others, user } = await createPerson({ sessions: 6 })
    await app
      .contextFor('auth')
      .db.update(session)
      .set({ lastUsedAt: new Date('2026-01-01T12:00:00.123Z') })
      .where(eq(session.userId, user.id))
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const { items, nextCursor }: Awaited<ReturnType<typeof list>> = await list(
        accessToken,
        `?limit=3${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...items.map((item) => item.id))
      cursor = nextCursor
    }
    expect(seen).toEqual([id, ...others.map((one) => one.id)].sort().reverse())
  })

  it('refuses a cursor that it did not give', async () => {
    const { accessToken } = await createAccount(app)
    expect(await list(accessToken, '?cursor=nonsense')).toMatchObject({ reason: 'request.invalid' })
  })
})

type Signed = Awaited<ReturnType<typeof signIn>>

describe('ending a session', () => {
  it('ends that one, in every process, and no other', async () => {
    const { accessToken, user, others } = await createPerson({ sessions: 2 })
    const [victim, bystander] = others as [Signed, Signed]
    expect(await end(accessToken, `/${victim.id}`)).toMatchObject({ status: 200, body: { status: 'ended' } })
    await isRefusedEverywhere(victim.accessToken)
    expect((await refreshBy(app, victim.refreshToken)).status).toBe(401)
    expect(await seamSays(app, bystander.accessToken)).toBe('accepted')
    expect(await seamSays(app, accessToken)).toBe('accepted')
    expect(await audited(user.id, 'session_ended')).toMatchObject([{ actorId: user.id, sessionId: victim.id }])
  })

  it('again is the same as once', async () => {
    const { accessToken, user, others } = await createPerson({ sessions: 1 })
    for (let time = 0; time < 2; time++)
      expect(await end(accessToken, `/${others[0]!.id}`)).toMatchObject({ status: 200, body: { status: 'ended' } })
    expect(await audited(user.id, 'session_ended')).toHaveLength(1)
  })

  it("of somebody else's is told from one that does not exist by nobody, and ends nothing", async () => {
    const { accessToken } = await createAccount(app)
    const stranger = await createPerson({ sessions: 0 })
    const answers = await Promise.all([stranger.id, newId()].map((id) => end(accessToken, `/${id}`)))
    const [foreign, unknown] = answers.map(({ status, body: { requestId: _, ...body } }) => ({ status, body }))
    expect(foreign).toMatchObject({ status: 404, body: { reason: 'auth.session_not_found' } })
    expect(unknown).toEqual(foreign)
    expect((await refreshBy(app, stranger.refreshToken)).status).toBe(200)
  })
})

describe('ending the other sessions', () => {
  it('keeps the one that asks, with its tokens, and says how many it ended', async () => {
    const { accessToken, refreshToken: token, user, others } = await createPerson({ sessions: 3 })
    expect(await end(accessToken, '?except=current')).toMatchObject({ status: 200, body: { ended: 3 } })
    for (const one of others) await isRefusedEverywhere(one.accessToken)
    for (const one of others) expect((await refreshBy(app, one.refreshToken)).status).toBe(401)
    expect(await seamSays(other, accessToken)).toBe('accepted')
    expect((await refreshBy(app, token)).status).toBe(200)
    expect((await end(accessToken, '?except=current')).body.ended).toBe(0)
    expect(await audited(user.id, 'sessions_ended')).toHaveLength(1)
  })

  it('takes no other value for all of them', async () => {
    const { accessToken } = await createAccount(app)
    expect(await end(accessToken, '?except=mine')).toMatchObject({ status: 400, body: { reason: 'request.invalid' } })
    expect(await seamSays(app, accessToken)).toBe('accepted')
  })
})

describe('signing out everywhere', () => {
  it('ends every session in every process by one revocation, and takes the cookies away', async () => {
    const { browser, email, user } = await signedInBrowser(app)
    const program = await signIn(email)
    const access = browser.cookies.get('lightpress_access')!
    const { status, body } = await browser.delete<{ ended: number }>(paths.sessions)
    expect({ status, body }).toEqual({ status: 200, body: { ended: 3 } })
    expect([...browser.cookies.keys()]).toEqual(['lightpress_device'])
    for (const token of [access, program.accessToken]) await isRefusedEverywhere(token)
    expect((await refreshBy(app, program.refreshToken)).status).toBe(401)
    expect(await audited(user.id, 'sessions_ended')).toHaveLength(1)
    const told = await app.contextFor('auth').db.select().from(revocation).where(eq(revocation.userId, user.id))
    expect(told).toMatchObject([{ sessionId: null, minimumVersion: 1 }])
    expect(await seamSays(other, (await signIn(email)).accessToken)).toBe('accepted')
  })

  it('has a sign-in that was under way prove itself once more, and leaves no other behind', async () => {
    const { accessToken, email, user } = await createPerson({ sessions: 0 })
    const { readPrincipal } = app.users
    const ending = vi.spyOn(app.users, 'readPrincipal').mockImplementationOnce(async (input) => {
      await end(accessToken, '')
      return readPrincipal(input)
    })
    const late = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    expect(ending).toHaveBeenCalledTimes(2)
    ending.mockRestore()
    expect(await seamSays(app, late.body.accessToken!)).toBe('accepted')
    const { db } = app.contextFor('auth')
    const rows = await db.select().from(session).where(eq(session.userId, user.id))
    const { id } = await sessionOf(app, late.body.refreshToken!)
    expect(rows.filter(({ endedAt }) => endedAt === null).map((row) => row.id)).toEqual([id])
  })
})

describe('ninety days after it was begun', () => {
  const begin = async (daysAgo: number, sessionId: string) =>
    app
      .contextFor('auth')
      .db.update(session)
      .set({ createdAt: sql`now() - ${daysAgo} * interval '1 day'` })
      .where(eq(session.id, sessionId))

  it('a session is over, however much it was used', async () => {
    const { refreshToken: token, id } = await createPerson({ sessions: 0 })
    await begin(89, id)
    const { status, body } = await refreshBy(app, token)
    expect(status).toBe(200)
    const [row] = await app
      .contextFor('auth')
      .db.select()
      .from(refreshToken)
      .where(eq(refreshToken.hash, hashOf(body.refreshToken!)))
    const daysLeft = (row!.expiresAt.getTime() - Date.now()) / 86_400_000
    expect(daysLeft).toBeGreaterThan(0.9)
    expect(daysLeft).toBeLessThan(1.1)
    await begin(90, id)
    expect(await refreshBy(app, body.refreshToken!)).toMatchObject({
      status: 401,
      body: { reason: 'auth.refresh_token_invalid' },
    })
  })
})
