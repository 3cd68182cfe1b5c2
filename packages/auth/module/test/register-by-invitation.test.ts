// Whoever is invited and has no account gets one by the link of their invitation. Between any two steps something dies:
// the neighbour, our connection to the database in the middle of a transaction or with its commit, or we ourselves.
import { kernelTables } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { createTraps, type RunningModule, until } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, auditEntry, registration, session } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { sessionCookies } from './doors.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  newEmail,
  password,
  readMail,
  signUp,
  start,
  type Browser,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }
const { trap, disarm } = createTraps(() => app.contextFor('auth'))

beforeAll(async () => {
  app = await start({ RETRY_DELAY: '50' })
})
afterAll(() => app.close())
afterEach(async () => {
  await recover()
  // All of this comes from one network.
  await db().delete(allowance)
})

const db = () => app.contextFor('auth').db
const newBrowser = () => createBrowser(app.baseUrl)
const name = 'Grace Hopper'

function register(token: string, more: object = {}, browser: Browser = newBrowser()) {
  return browser.post('/v1/auth/sign-up/invitation', { token, name, password, ...more })
}

const accountsOf = (email: string) => db().select().from(account).where(eq(account.email, email))
const peopleCalled = (email: string) => [...app.users.people].filter(([, person]) => person.email === email)
const signIn = (email: string, words = password) => newBrowser().post('/v1/auth/sign-in', { email, password: words })

async function recover() {
  vi.restoreAllMocks()
  await disarm()
}

interface Invited {
  email: string
  token: string
  invitationId: string
  organizationId: string
}

function invite(email = newEmail()): Invited {
  return { email, ...app.users.invite(email) }
}

/** There is one account of one person, who is a member and can sign in with what they chose. */
async function expectWhole({ email, organizationId }: Invited) {
  const [accounts, people] = [await accountsOf(email), peopleCalled(email)]
  expect([accounts.map(({ userId }) => userId), people.length]).toEqual([[people[0]?.[0]], 1])
  expect(people[0]![1].roles.get(organizationId)).toBe('member')
  expect((await signIn(email)).status).toBe(200)
}

describe('whoever holds the link of an invitation', () => {
  it('has an account at once, and begins in the organisation, with no other mail', async () => {
    const invited = invite()
    const { email, token, organizationId } = invited
    const { status, body, headers } = await register(token)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      accessToken: expect.any(String) as string,
      refreshToken: expect.any(String) as string,
      user: { email, name, organizationId, role: 'member', operator: false },
    })
    expect(headers.getSetCookie().filter((line) => !line.includes('=;'))).toEqual([])
    const userId = body.user.id
    expect(await accountsOf(email)).toMatchObject([{ userId, passwordByMail: false }])
    const [opened] = await db().select().from(session).where(eq(session.userId, userId))
    expect(opened).toMatchObject({ organizationId, endedAt: null })
    const entries = await db().select().from(auditEntry).where(eq(auditEntry.userId, userId))
    expect(entries).toMatchObject([
      { action: 'account_created', actorId: userId, organizationId, sessionId: opened!.id },
    ])
    const said = (await app.outbox()).filter(({ kind, payload }) => kind === 'event' && has(payload, userId))
    expect(said).toEqual([])
    const { body: seen } = await newBrowser().get<object>('/v1/auth/session', bearer(body.accessToken!))
    expect(seen).toMatchObject({ userId, organizationId, role: 'member' })
    await expectWhole(invited)
  })

  it('goes on there after a refresh', async () => {
    const { token, organizationId } = invite()
    const { body } = await register(token)
    const { refreshToken } = body
    const again = await newBrowser().post('/v1/auth/token/refresh', { refreshToken })
    expect(again.body.user).toMatchObject({ organizationId, role: 'member' })
  })

  it('gets cookies in a browser and no token in the body, in place of whoever was signed in there', async () => {
    const browser = newBrowser()
    const { email, token: mailed } = await signUp(app, browser)
    await browser.post('/v1/auth/email/verify', { token: mailed, mode: 'cookie' })
    const { token } = invite()
    const { status, body } = await register(token, { mode: 'cookie' }, browser)
    expect({ status, body }).toEqual({
      status: 201,
      body: { expiresAt: expect.any(String) as string, user: expect.objectContaining({ name }) as object },
    })
    expect(sessionCookies(browser)).toHaveLength(2)
    const [before] = await accountsOf(email)
    const sessions = await db().select().from(session).where(eq(session.userId, before!.userId))
    expect(sessions).toMatchObject([{ endedAt: expect.any(Date) as Date, replacedBy: expect.any(String) as string }])
    // It is known from now on: wrong guesses of strangers do not keep its owner out.
    expect([...browser.cookies.keys()].some((cookie) => cookie.includes('device'))).toBe(true)
  })

  it('is written to in the language of their browser, else in that of the invitation', async () => {
    const create = vi.spyOn(app.users, 'createUser')
    const [one, other] = [invite(), invite()]
    await newBrowser().post(
      '/v1/auth/sign-up/invitation',
      { token: one.token, name, password },
      { 'accept-language': 'fr' },
    )
    await register(other.token)
    expect(create.mock.calls.map(([{ email, locale }]) => [email, locale])).toEqual([
      [one.email, 'fr'],
      [other.email, 'de'],
    ])
  })

  it('chooses a password that is not easy to guess, nor made of their address', async () => {
    const invited = invite('katherine.johnson.1918@example.com')
    for (const words of ['short', 'passwordpassword', 'katherine.johnson.1918']) {
      const { status, body } = await register(invited.token, { password: words })
      expect([status, body.errors?.map(({ path }) => path)]).toEqual([400, ['password']])
    }
    expect([await accountsOf(invited.email), peopleCalled(invited.email)]).toEqual([[], []])
    expect((await register(invited.token)).status).toBe(201)
  })
})

describe('what is no such link', () => {
  it('makes nothing, whatever is wrong with it, and hashes nothing', async () => {
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const hash = vi.spyOn(passwords, 'hash')
    const used = invite()
    app.users.acceptInvitationFor({ invitationId: used.invitationId, userId: 'somebody' })
    for (const token of ['', 'nonsense', used.token, '✉️'.repeat(20)]) {
      const { status, body } = await register(token)
      expect([status, body.reason]).toEqual([400, 'auth.token_invalid'])
      expect(body.detail).toMatch(/sign in; else ask whoever invited you/)
    }
    expect([hash.mock.calls.length, (await accountsOf(used.email)).length]).toEqual([0, 0])
  })

  it('is for our own pages, and for programs', async () => {
    const invited = invite()
    const foreign = createBrowser(app.baseUrl, { origin: 'https://evil.example' })
    const program = createBrowser(app.baseUrl, { origin: null })
    const refused = [
      await register(invited.token, { mode: 'cookie' }, foreign),
      await register(invited.token, { mode: 'token' }, foreign),
      await register(invited.token, { mode: 'cookie' }, program),
    ]
    for (const { status, body, headers } of refused) {
      expect([status, body.reason]).toEqual([403, 'request.cross_origin'])
      expect(headers.getSetCookie()).toEqual([])
    }
    expect(await accountsOf(invited.email)).toEqual([])
    expect((await register(invited.token, {}, program)).status).toBe(201)
  })

  it('is tried a hundred times from one network, and then waits', async () => {
    const answers = await Promise.all(Array.from({ length: 110 }, () => register('nonsense')))
    const limited = answers.filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    expect(limited[0]?.body).toMatchObject({
      reason: 'auth.too_many_attempts',
      retryAfter: expect.any(Number) as number,
    })
  })
})

describe('an address that has an account', () => {
  it('is told to sign in, and nothing of it is touched', async () => {
    const { email } = await createAccount(app)
    const before = await accountsOf(email)
    const sessions = () => db().$count(session, eq(session.userId, before[0]!.userId))
    const [wasOpen, registrations] = [await sessions(), await db().$count(registration)]
    const invited = invite(email.toUpperCase())
    const { status, body } = await register(invited.token, { password: 'four quiet lanterns drift' })
    expect({ status, reason: body.reason, detail: body.detail }).toEqual({
      status: 409,
      reason: 'auth.email_taken',
      detail: 'You have an account: sign in, then accept the invitation.',
    })
    expect(await accountsOf(email)).toEqual(before)
    expect([await sessions(), await db().$count(registration)]).toEqual([wasOpen, registrations])
    expect(app.users.readInvitation({ token: invited.token }).invitation).not.toBeNull()
    expect((await signIn(email)).status).toBe(200)
  })

  it('of two tabs at once is made by one, and the other is told to sign in', async () => {
    for (let round = 0; round < 5; round++) {
      const invited = invite()
      const answers = await Promise.all([1, 2, 3, 4].map(() => register(invited.token)))
      // Once the invitation is used up, the link is like any that is.
      const others = answers.filter(({ status }) => status !== 201).map(({ body }) => body.reason)
      expect(others).toHaveLength(3)
      for (const reason of others) expect(['auth.email_taken', 'auth.token_invalid']).toContain(reason)
      await expectWhole(invited)
    }
  })
})

describe('a stranger who signed up with the address before', () => {
  const strangers = 'chosen by the stranger'

  it('has neither name nor password in it, and nothing by their registration', async () => {
    const stranger = newBrowser()
    const invited = invite()
    const { token: mailed } = await signUp(app, stranger, invited.email, strangers)
    const { body } = await register(invited.token)
    expect(body.user.name).toBe(name)
    await expectWhole(invited)
    expect((await signIn(invited.email, strangers)).status).toBe(401)
    for (const more of [{}, { password: strangers }])
      expect(await stranger.post('/v1/auth/email/verify', { token: mailed, ...more })).toMatchObject({
        status: 400,
        body: { reason: 'auth.token_invalid' },
      })
    const rows = await db().select().from(registration).where(eq(registration.email, invited.email))
    expect(rows.length).toBe(2)
    expect(rows.every(({ settledAt }) => settledAt !== null)).toBe(true)
    expect(await readMail(app, invited.email)).toBeNull()
  })

  it('gets no mail of what is begun by the link, should that die on the way', async () => {
    const invited = invite()
    vi.spyOn(app.users, 'readPrincipal').mockImplementation(gone)
    expect((await register(invited.token)).status).toBe(503)
    await recover()
    const events = async () => (await app.outbox()).filter(({ kind }) => kind === 'event').length
    const before = await events()
    expect((await newBrowser().post('/v1/auth/email/verification', { email: invited.email })).status).toBe(202)
    expect(await events()).toBe(before)
  })
})

const gone = () => {
  throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')
}

/** Users does what it is asked for, and dies before it says so. */
function answerIsLost(operation: 'createUser' | 'readPrincipal' | 'acceptInvitationFor') {
  const does: (input: never) => unknown = app.users[operation]
  vi.spyOn(app.users, operation).mockImplementation((async (input: never) => {
    await does(input)
    gone()
  }) as never)
}

function isAway(operation: 'readInvitation' | 'createUser' | 'readPrincipal' | 'acceptInvitationFor') {
  vi.spyOn(app.users, operation).mockImplementation(gone)
}

describe('a death before there is an account', () => {
  const steps: Record<string, () => unknown> = {
    'the invitation is read': () => isAway('readInvitation'),
    'the registration is written': () => trap('insert', 'auth.registration'),
    'the id is reserved': () => trap('update of user_id', 'auth.registration'),
    'the id is reserved for good': () => trap('update of user_id', 'auth.registration', 'with the commit'),
    'users is asked to make the person': () => isAway('createUser'),
    'users says that it has made the person': () => answerIsLost('createUser'),
    'users is asked who it is': () => isAway('readPrincipal'),
    'the account is made': () => trap('insert', 'auth.account'),
    'the registrations are settled': () => trap('update of settled_at', 'auth.registration'),
    'the session begins': () => trap('insert', 'auth.session'),
    'the audit log is written': () => trap('insert', 'auth.audit_entry'),
    'the membership is promised': () => trap('insert', 'auth.outbox'),
    'all of it is committed': () => trap('insert', 'auth.account', 'with the commit'),
  }

  it.each(Object.entries(steps))('when %s is mended by the same link', async (_, dies) => {
    const invited = invite()
    await dies()
    expect((await register(invited.token)).status).toBeGreaterThanOrEqual(500)
    expect(await accountsOf(invited.email)).toEqual([])
    await recover()
    expect((await register(invited.token)).status).toBe(201)
    await expectWhole(invited)
  })

  it('is mended by an ordinary sign-up, too, should they never come back by the link', async () => {
    const { email, token } = invite()
    await trap('insert', 'auth.account')
    await register(token)
    await recover()
    await db().update(registration).set({ expiresAt: new Date() }).where(eq(registration.email, email))
    await sweep(app.contextFor('auth') as unknown as AuthContext)
    const browser = newBrowser()
    const { token: mailed } = await signUp(app, browser, email)
    expect((await browser.post('/v1/auth/email/verify', { token: mailed })).status).toBe(200)
    expect([(await accountsOf(email)).length, peopleCalled(email).length]).toEqual([1, 1])
  })
})

describe('a death after there is an account', () => {
  /** Of the membership that was promised with it. */
  async function untilPromiseKept(userId: string) {
    const { outbox, inbox } = kernelTables('auth')
    const done = () =>
      db()
        .select({ payload: outbox.payload })
        .from(outbox)
        .innerJoin(inbox, and(eq(inbox.id, outbox.id), eq(inbox.state, 'done')))
        .where(eq(outbox.type, 'join-invited'))
    await until(done, (rows) => rows.some(({ payload }) => has(payload, userId)))
  }

  const steps: Record<string, () => unknown> = {
    'users is asked to let them in': () => isAway('acceptInvitationFor'),
    'users says that they are in': () => answerIsLost('acceptInvitationFor'),
  }

  it.each(Object.entries(steps))('when %s signs them in all the same, and they are in by a job', async (_, dies) => {
    const invited = invite()
    dies()
    const { status, body } = await register(invited.token)
    expect(status).toBe(201)
    await recover()
    await untilPromiseKept(body.user.id)
    await expectWhole(invited)
    const { body: refreshed } = await newBrowser().post('/v1/auth/token/refresh', { refreshToken: body.refreshToken })
    expect(refreshed.user).toMatchObject({ organizationId: invited.organizationId, role: 'member' })
  })

  it('when they are signed in is mended by signing in', async () => {
    const invited = invite()
    const { signer } = app.contextFor('auth') as unknown as AuthContext
    vi.spyOn(signer, 'sign').mockImplementation(() => {
      throw new Error('Killed.')
    })
    expect((await register(invited.token)).status).toBe(500)
    await recover()
    const [made] = await accountsOf(invited.email)
    await untilPromiseKept(made!.userId)
    await expectWhole(invited)
  })
})

describe('an invitation that is refused once there is the account', () => {
  it('leaves them in their own organisation', async () => {
    const invited = invite()
    vi.spyOn(app.users, 'acceptInvitationFor').mockReturnValue({ organizationId: null })
    const { status, body } = await register(invited.token)
    expect(status).toBe(201)
    expect(body.user).toMatchObject({ role: 'owner' })
    expect(body.user.organizationId).not.toBe(invited.organizationId)
  })
})

function has(payload: unknown, id: string): boolean {
  return JSON.stringify(payload).includes(id)
}
