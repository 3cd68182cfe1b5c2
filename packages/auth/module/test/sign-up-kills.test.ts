// Sign-up is whole. Between any two steps of verifyEmail something dies: the neighbour, our connection to the database
// in the middle of a transaction or with its commit, or we ourselves after it. Then somebody tries again.
import { createTraps } from '@lightpress/testing'
import { AppError } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, registration } from '../src/schema.ts'
import { createBrowser, newEmail, password, readMail, signUp, start, type Browser, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
const { trap, disarm } = createTraps(() => app.contextFor('auth'))

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  await recover()
  // All of this comes from one network.
  await app.contextFor('auth').db.delete(allowance)
})

const gone = () => new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')

/** Users does what it is asked for, and dies before it says so. */
function answerIsLost(operation: 'createUser' | 'readPrincipal') {
  const does: (input: never) => unknown = app.users[operation]
  vi.spyOn(app.users, operation).mockImplementation((async (input: never) => {
    await does(input)
    throw gone()
  }) as never)
}

function isAway(operation: 'createUser' | 'readPrincipal') {
  vi.spyOn(app.users, operation).mockImplementation(() => {
    throw gone()
  })
}

interface Left {
  people: 0 | 1
  accounts: 0 | 1
}

const nobody: Left = { people: 0, accounts: 0 }
const halfway: Left = { people: 1, accounts: 0 }
const whole: Left = { people: 1, accounts: 1 }

const steps: Record<string, { dies: () => unknown; left: Left }> = {
  'the id is reserved': { dies: () => trap('update of user_id', 'auth.registration'), left: nobody },
  'the id is reserved for good': {
    dies: () => trap('update of user_id', 'auth.registration', 'with the commit'),
    left: nobody,
  },
  'users is asked to make the person': { dies: () => isAway('createUser'), left: nobody },
  'users says that it has made the person': { dies: () => answerIsLost('createUser'), left: halfway },
  'users is asked who it is': { dies: () => isAway('readPrincipal'), left: halfway },
  'users says who it is': { dies: () => answerIsLost('readPrincipal'), left: halfway },
  'the account is made': { dies: () => trap('insert', 'auth.account'), left: halfway },
  'the registrations are settled': { dies: () => trap('update of settled_at', 'auth.registration'), left: halfway },
  'the session begins': { dies: () => trap('insert', 'auth.session'), left: halfway },
  'the refresh token is stored': { dies: () => trap('insert', 'auth.refresh_token'), left: halfway },
  'the audit log is written': { dies: () => trap('insert', 'auth.audit_entry'), left: halfway },
  'all of it is committed': { dies: () => trap('insert', 'auth.account', 'with the commit'), left: halfway },
  'the person is signed in': {
    dies: () => {
      const { signer } = app.contextFor('auth') as unknown as AuthContext
      vi.spyOn(signer, 'sign').mockImplementation(() => {
        throw new Error('Killed.')
      })
    },
    left: whole,
  },
}

async function leftOf(email: string) {
  const accounts = await app.contextFor('auth').db.select().from(account).where(eq(account.email, email))
  const people = [...app.users.people].filter(([, person]) => person.email === email).map(([id]) => id)
  return {
    people: people.length,
    accounts: accounts.length,
    ids: new Set([...people, ...accounts.map((a) => a.userId)]),
  }
}

const verify = (browser: Browser, token: string, more: object = {}) =>
  browser.post('/v1/auth/email/verify', { token, ...more })
const signIn = (email: string, words = password) =>
  createBrowser(app.baseUrl).post('/v1/auth/sign-in', { email, password: words })

async function recover() {
  vi.restoreAllMocks()
  await disarm()
}

/** Whatever has happened: there is one account of one person, who can sign in. */
async function expectWhole(email: string) {
  const { ids, ...left } = await leftOf(email)
  expect(left).toEqual(whole)
  expect(ids.size).toBe(1)
  const { status, body } = await signIn(email)
  expect({ status, id: body.user?.id }).toEqual({ status: 200, id: [...ids][0] })
}

describe.each(Object.entries(steps))('death before %s', (_, { dies, left }) => {
  /** Signs up, follows the link, and finds that it could not be done. */
  async function die() {
    const browser = createBrowser(app.baseUrl)
    const { email, token } = await signUp(app, browser)
    await dies()
    expect((await verify(browser, token)).status).toBeGreaterThanOrEqual(500)
    const { people, accounts } = await leftOf(email)
    expect({ people, accounts }).toEqual(left)
    await recover()
    if (left !== whole) expect((await signIn(email)).status).toBe(401)
    return { browser, email, token }
  }

  it('is mended by the same link', async () => {
    const { browser, email, token } = await die()
    const again = await verify(browser, token)
    expect([again.status, again.body.reason]).toEqual(left === whole ? [400, 'auth.token_invalid'] : [200, undefined])
    await expectWhole(email)
  })

  it('is mended by the same link elsewhere, with the password', async () => {
    const { email, token } = await die()
    await verify(createBrowser(app.baseUrl), token, { password })
    await expectWhole(email)
  })

  it('is mended by signing up again, and leaves nothing to the first link', async () => {
    const { browser: first, email, token: firstToken } = await die()
    const browser = createBrowser(app.baseUrl)
    const { token } = await signUp(app, browser, email)
    if (left === whole) expect(await readMail(app, email)).toMatchObject({ purpose: 'already_registered', token: null })
    else expect((await verify(browser, token)).status).toBe(200)
    expect((await verify(first, firstToken)).status).toBe(400)
    await expectWhole(email)
  })
})

describe('several deaths in a row', () => {
  it('still lead to one account', async () => {
    const browser = createBrowser(app.baseUrl)
    const { email, token } = await signUp(app, browser)
    for (const { dies, left } of Object.values(steps)) {
      if (left === whole) continue
      await dies()
      expect((await verify(browser, token)).status).toBeGreaterThanOrEqual(500)
      await recover()
    }
    expect((await verify(browser, token)).status).toBe(200)
    await expectWhole(email)
  })
})

describe('a stranger who signed up with the address of somebody else', () => {
  const strangers = 'chosen by the stranger'

  /** The stranger holds their browser and password; the owner, and nobody else, reads the mails. */
  async function signUpInOrder(order: 'the stranger first' | 'the owner first') {
    const email = newEmail()
    const [stranger, owner] = [createBrowser(app.baseUrl), createBrowser(app.baseUrl)]
    const tokens = new Map<string, string>()
    const turns = [
      { who: 'stranger', browser: stranger, words: strangers },
      { who: 'owner', browser: owner, words: password },
    ]
    for (const { who, browser, words } of order === 'the stranger first' ? turns : turns.reverse())
      tokens.set(who, (await signUp(app, browser, email, words)).token)
    return { email, stranger, owner, strangersLink: tokens.get('stranger')!, ownersLink: tokens.get('owner')! }
  }

  it.each(['the stranger first', 'the owner first'] as const)(
    '%s: gets nothing by whatever is clicked',
    async (order) => {
      const { email, stranger, owner, strangersLink, ownersLink } = await signUpInOrder(order)
      // The owner follows the link of the stranger's registration, in their own browser, with and without their password.
      expect(await verify(owner, strangersLink)).toMatchObject({
        status: 401,
        body: { reason: 'auth.password_required' },
      })
      expect(await verify(owner, strangersLink, { password })).toMatchObject({
        status: 401,
        body: { reason: 'auth.password_wrong' },
      })
      // The owner's link in the stranger's hands, as if the mail had leaked: neither cookie nor password is theirs.
      expect(await verify(stranger, ownersLink)).toMatchObject({
        status: 401,
        body: { reason: 'auth.password_required' },
      })
      expect((await verify(stranger, ownersLink, { password: strangers })).status).toBe(401)
      expect(await leftOf(email)).toMatchObject(nobody)

      expect((await verify(owner, ownersLink)).status).toBe(200)
      await expectWhole(email)
      for (const more of [{}, { password: strangers }])
        expect((await verify(stranger, strangersLink, more)).status).toBe(400)
      expect((await signIn(email, strangers)).status).toBe(401)
    },
  )

  it('gets no session when the owner signs up only later, after a death on the way', async () => {
    const stranger = createBrowser(app.baseUrl)
    const { email, token: strangersLink } = await signUp(app, stranger, newEmail(), strangers)
    const owner = createBrowser(app.baseUrl)
    expect((await verify(owner, strangersLink)).status).toBe(401)
    const { token } = await signUp(app, owner, email)
    isAway('readPrincipal')
    expect((await verify(owner, token)).status).toBe(503)
    await recover()
    // The person waits for an account. The stranger's registration could be the next to claim them, by a click.
    expect((await verify(owner, strangersLink)).status).toBe(401)
    expect((await verify(owner, token)).status).toBe(200)
    await expectWhole(email)
    expect((await signIn(email, strangers)).status).toBe(401)
    const { db } = app.contextFor('auth')
    const waiting = await db.select().from(registration).where(eq(registration.email, email))
    expect(waiting.every(({ settledAt }) => settledAt !== null)).toBe(true)
  })
})
