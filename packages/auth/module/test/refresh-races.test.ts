import { randomInt } from 'node:crypto'
import { securityAlerted } from '@lightpress/auth-contract'
import type { Server } from '@lightpress/kernel'
import { nightly, until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowance, auditEntry, refreshToken, session } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  password,
  signUp,
  start,
  startAnother,
  type Browser,
  type FakeUsers,
} from './support.ts'

const ROUNDS = nightly ? 1_000 : 8
const TABS = 20
const LONG = nightly ? 1_200_000 : 60_000

let app: RunningModule & { users: FakeUsers }
/** The other of two processes on one database. */
let other: Server

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

const elsewhere = () => `http://127.0.0.1:${other.port}`
const places = () => [app.baseUrl, elsewhere()]

/** Somebody whose browser holds the tokens of their one session in cookies. */
async function signUpByCookie() {
  const browser = createBrowser(app.baseUrl)
  const { token } = await signUp(app, browser)
  const { body } = await browser.post('/v1/auth/email/verify', { token, mode: 'cookie' })
  return { browser, user: body.user, sessionId: await sessionOf(refreshIn(browser)) }
}

function refreshIn({ cookies }: Browser): string {
  return cookies.get('lightpress_refresh')!
}

async function sessionOf(token: string): Promise<string> {
  const { db } = app.contextFor('auth')
  const [row] = await db
    .select()
    .from(refreshToken)
    .where(eq(refreshToken.hash, hashOf(token)))
  return row!.sessionId
}

/** One network bears no thousand rounds. */
async function newNetwork() {
  await app.contextFor('auth').db.delete(allowance)
}

/** The tokens of a family that nobody has traded yet. */
function unusedOf(sessionId: string) {
  const { db } = app.contextFor('auth')
  return db
    .select({ hash: refreshToken.hash })
    .from(refreshToken)
    .where(and(eq(refreshToken.sessionId, sessionId), isNull(refreshToken.usedAt)))
}

async function endOf(sessionId: string): Promise<Date | null> {
  const [row] = await app.contextFor('auth').db.select().from(session).where(eq(session.id, sessionId))
  return row!.endedAt
}

/** A tab of a browser: what it gets it keeps in the one jar, and it can be closed before the answer. */
async function refreshInTab(
  { cookies }: Browser,
  { baseUrl, signal }: { baseUrl: string; signal?: AbortSignal },
): Promise<number> {
  const response = await fetch(`${baseUrl}/v1/auth/token/refresh`, {
    method: 'POST',
    body: '{}',
    ...(signal && { signal }),
    headers: {
      'content-type': 'application/json',
      origin: baseUrl,
      cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
    },
  })
  for (const line of response.headers.getSetCookie()) {
    const [name = '', value = ''] = (line.split(';')[0] as string).split('=')
    cookies.set(name, value)
  }
  await response.arrayBuffer()
  return response.status
}

describe(`twenty tabs of one browser that refresh at once, ${ROUNDS} times`, () => {
  it(
    'in two processes are all answered, and leave one session with one living token',
    async () => {
      const { browser, user, sessionId } = await signUpByCookie()
      for (let round = 0; round < ROUNDS; round++) {
        await newNetwork()
        const before = refreshIn(browser)
        const tabs = Array.from({ length: TABS }, (_, tab) =>
          refreshInTab(browser, { baseUrl: places()[(tab + round) % 2] as string }),
        )
        expect(new Set(await Promise.all(tabs))).toEqual(new Set([200]))
        expect(refreshIn(browser)).not.toBe(before)
        expect(await unusedOf(sessionId)).toEqual([{ hash: hashOf(refreshIn(browser)) }])
      }
      expect(await endOf(sessionId)).toBeNull()
      const { db } = app.contextFor('auth')
      expect(await db.select().from(session).where(eq(session.userId, user.id))).toHaveLength(1)
      expect(await refreshInTab(browser, { baseUrl: app.baseUrl })).toBe(200)
    },
    LONG,
  )

  it(
    'and are all closed but one before they hear of it stay signed in, whichever that is',
    async () => {
      const { browser, sessionId } = await signUpByCookie()
      let lost = 0
      for (let round = 0; round < ROUNDS; round++) {
        await newNetwork()
        // Were it none, the browser would present the old token when its ten seconds have passed.
        const lasting = randomInt(TABS)
        const tabs = Array.from({ length: TABS }, async (_, tab) => {
          const baseUrl = places()[tab % 2] as string
          if (tab === lasting) return refreshInTab(browser, { baseUrl })
          const signal = AbortSignal.timeout(randomInt(0, 40))
          return refreshInTab(browser, { baseUrl, signal }).catch((error) => {
            expect(error).toMatchObject({ name: 'TimeoutError' })
            lost++
            return 200
          })
        })
        expect(new Set(await Promise.all(tabs))).toEqual(new Set([200]))
      }
      expect(lost).toBeGreaterThan(0)
      expect(await refreshInTab(browser, { baseUrl: elsewhere() })).toBe(200)
      expect(await endOf(sessionId)).toBeNull()
      expect(await unusedOf(sessionId)).toEqual([{ hash: hashOf(refreshIn(browser)) }])
    },
    LONG,
  )
})

describe('a stolen refresh token', () => {
  /** Lets the grace pass for the tokens of a session that were used. */
  async function passGrace(sessionId: string) {
    const { db } = app.contextFor('auth')
    const used = sql`${refreshToken.usedAt} - interval '10100 milliseconds'`
    await db.update(refreshToken).set({ usedAt: used }).where(eq(refreshToken.sessionId, sessionId))
  }

  async function restartOther() {
    await other.close()
    other = await startAnother(app)
  }

  /** What the seam makes of an access token: an operation for operators, which asks nothing of the database before. */
  async function seamSays(accessToken: string, baseUrl: string) {
    const response = await fetch(`${baseUrl}/v1/auth/audit`, { headers: bearer(accessToken) })
    const { reason } = (await response.json()) as { reason: string }
    return reason === 'request.not_allowed' ? 'accepted' : reason
  }

  async function trade(token: string, baseUrl: string) {
    const { status, body } = await createBrowser(baseUrl).post('/v1/auth/token/refresh', { refreshToken: token })
    return { status, reason: body.reason, refreshToken: body.refreshToken!, accessToken: body.accessToken! }
  }

  async function alertsAbout(userId: string) {
    const { db } = app.contextFor('auth')
    const entries = await db
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'refresh_token_replayed')))
    const events = (await app.outbox()).filter(({ type }) => type === securityAlerted.type)
    return entries.map((entry) => ({
      sessionId: entry.sessionId,
      told: events.filter(({ payload }) => (payload as { auditEntryId: string }).auditEntryId === entry.id).length,
    }))
  }

  const nothing = async () => undefined
  const refused = { status: 401, reason: 'auth.refresh_token_invalid' }

  it.each<[string, { first: 'owner' | 'thief'; between: () => Promise<void>; after: () => Promise<void> }]>([
    ['used after its owner', { first: 'owner', between: nothing, after: nothing }],
    ['used before its owner', { first: 'thief', between: nothing, after: nothing }],
    ['used after its owner and a restart', { first: 'owner', between: restartOther, after: nothing }],
    ['used before its owner and a restart', { first: 'thief', between: restartOther, after: nothing }],
    ['used after its owner, before a restart', { first: 'owner', between: nothing, after: restartOther }],
  ])('that is %s ends the session for both, and the person is told', async (_, { first, between, after }) => {
    const { refreshToken: stolen, accessToken, user } = await createAccount(app)
    const sessionId = await sessionOf(stolen)
    // The other process is another one after a restart, at another address.
    const [there, here] = first === 'owner' ? [elsewhere, () => app.baseUrl] : [() => app.baseUrl, elsewhere]
    const winner = await trade(stolen, here())
    expect(winner.status).toBe(200)
    for (const place of places())
      for (const token of [accessToken, winner.accessToken]) expect(await seamSays(token, place)).toBe('accepted')

    await between()
    await passGrace(sessionId)
    expect(await trade(stolen, there())).toMatchObject(refused)
    await after()

    for (const place of places())
      for (const token of [accessToken, winner.accessToken])
        await until(
          () => seamSays(token, place),
          (says) => says === 'request.session_ended',
          { timeout: 5_000 },
        )
    for (const place of places())
      for (const token of [stolen, winner.refreshToken]) expect(await trade(token, place)).toMatchObject(refused)
    expect(await endOf(sessionId)).not.toBeNull()
    expect(await alertsAbout(user.id)).toEqual([{ sessionId, told: 1 }])
  })

  it('ends its own session only, and is told of once however often it comes again', async () => {
    const { email, refreshToken: stolen, user } = await createAccount(app)
    const elsewhereOfTheirs = createBrowser(app.baseUrl)
    await elsewhereOfTheirs.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    await trade(stolen, app.baseUrl)
    await passGrace(await sessionOf(stolen))
    const replays = await Promise.all(Array.from({ length: 20 }, (_, at) => trade(stolen, places()[at % 2] as string)))
    for (const replay of replays) expect(replay).toMatchObject(refused)
    expect(await alertsAbout(user.id)).toHaveLength(1)
    expect((await elsewhereOfTheirs.post('/v1/auth/token/refresh')).status).toBe(200)
  })
})
