import { auth as contract } from '@lightpress/auth-contract'
import { AppError, type Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, registration, session } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import {
  createAccount,
  createBrowser,
  newEmail,
  password,
  readMail,
  registrationsOf,
  signUp,
  start,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(() => vi.restoreAllMocks())

const verify = '/v1/auth/email/verify'

function newBrowser() {
  return createBrowser(app.baseUrl)
}

function accountsOf(email: string) {
  return app.contextFor('auth').db.select().from(account).where(eq(account.email, email))
}

function peopleCalled(email: string) {
  return [...app.users.people.values()].filter((person) => person.email === email)
}

describe('sign-up', () => {
  it('leaves a pending registration, an event with its id, and nothing else', async () => {
    const browser = newBrowser()
    const email = newEmail()
    const { status, body } = await browser.post('/v1/auth/sign-up', { email, password, name: 'Ada' })
    expect({ status, body }).toEqual({ status: 201, body: { status: 'verification_sent' } })
    const [registrationId] = await registrationsOf(app, email)
    expect(await accountsOf(email)).toEqual([])
    expect(peopleCalled(email)).toEqual([])
    const promised = (await app.outbox()).filter(({ payload }) => JSON.stringify(payload).includes(registrationId!))
    expect(promised).toMatchObject([
      { listener: 'notifications', type: 'auth.registration.requested.v1', payload: { registrationId } },
    ])
    const refused = await browser.post('/v1/auth/sign-in', { email, password })
    expect(refused).toMatchObject({ status: 401, body: { reason: 'auth.wrong_credentials' } })
  })

  it('answers a known address alike, and hashes as much for it', async () => {
    const { email } = await createAccount(app)
    const ask = async (address: string) => {
      const { status, body, headers } = await newBrowser().post('/v1/auth/sign-up', {
        email: address,
        password,
        name: 'Ada',
      })
      return { status, body, headers: [...headers.keys()].sort() }
    }
    expect(await ask(email.toUpperCase())).toEqual(await ask(newEmail()))
    const [known, unknown] = await Promise.all([registrationsOf(app, email.toUpperCase()), registrationsOf(app, email)])
    expect([known.length, unknown.length]).toEqual([1, 1])
  })

  it('sends a known address a mail of another kind, without a token', async () => {
    const { email } = await createAccount(app)
    await newBrowser().post('/v1/auth/sign-up', { email, password, name: 'Somebody' })
    expect(await readMail(app, email)).toMatchObject({ purpose: 'already_registered', token: null })
  })

  it('gives the browser a cookie that no script can read, and stores neither it nor the password', async () => {
    const browser = newBrowser()
    const email = newEmail()
    const { headers } = await browser.post('/v1/auth/sign-up', { email, password, name: 'Ada' })
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^lightpress_registration=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
    const [row] = await app.contextFor('auth').db.select().from(registration).where(eq(registration.email, email))
    const stored = JSON.stringify(row)
    expect(stored).not.toContain(browser.cookies.get('lightpress_registration'))
    expect(stored).not.toContain(password)
  })

  it('is for our own pages, and for programs', async () => {
    const input = { email: newEmail(), password, name: 'Ada' }
    const foreign = createBrowser(app.baseUrl, { origin: 'https://evil.example' })
    for (const path of ['/v1/auth/sign-up', '/v1/auth/email/verification']) {
      const { status, body, headers } = await foreign.post(path, input)
      expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
      expect(headers.getSetCookie()).toEqual([])
    }
    expect(await registrationsOf(app, input.email)).toEqual([])
    const program = createBrowser(app.baseUrl, { origin: null })
    expect((await program.post('/v1/auth/sign-up', input)).status).toBe(201)
  })

  it('writes the mail in the language of the browser', async () => {
    const email = newEmail()
    const input = { email, password, name: 'You won! See evil.example' }
    await newBrowser().post('/v1/auth/sign-up', input, { 'accept-language': 'de-CH,en;q=0.5' })
    const mail = await readMail(app, email)
    // Nothing that was typed is repeated to an address that is not proved.
    expect(mail).toEqual({ email, locale: 'de', purpose: 'verify', token: expect.any(String) })
  })

  it.each([
    ['email', { email: 'nobody' }],
    ['password', { password: 'short' }],
    ['name', { name: ' ' }],
    ['password: six emoji are not twelve characters', { password: '🦊🐙🦉🐝🦎🐳' }],
  ])('refuses a wrong %s and names it', async (field, wrong) => {
    const input = { email: newEmail(), password, name: 'Ada', ...wrong }
    const { status, body } = await newBrowser().post<Problem>('/v1/auth/sign-up', input)
    expect({ status, fields: body.errors?.map(({ path }) => path) }).toEqual({
      status: 400,
      fields: [field.split(':')[0]],
    })
  })
})

describe('asking for the mail again', () => {
  const again = (email: string) => app.as(contract).resendVerification({ email })
  const eventsFor = async (id: string) =>
    (await app.outbox()).filter(({ payload }) => JSON.stringify(payload).includes(id)).length

  it('sends it for the youngest registration, as often as its address bears however often it is asked', async () => {
    const { email } = await signUp(app, newBrowser())
    await signUp(app, newBrowser(), email)
    const [older, younger] = (await registrationsOf(app, email)) as [string, string]
    await Promise.all(Array.from({ length: 5 }, () => again(email.toUpperCase())))
    expect([await eventsFor(older), await eventsFor(younger)]).toEqual([1, 2])
    // A minute later one more is borne.
    const { db } = app.contextFor('auth')
    await db.update(allowance).set({ freeAt: sql`${allowance.freeAt} - interval '1 minute'` })
    await Promise.all(Array.from({ length: 5 }, () => again(email)))
    expect([await eventsFor(older), await eventsFor(younger)]).toEqual([1, 3])
  })

  it('sends it for the registration of the browser that asks, whatever strangers have signed up since', async () => {
    const owner = newBrowser()
    const { email } = await signUp(app, owner)
    await signUp(app, newBrowser(), email)
    const [own, strangers] = (await registrationsOf(app, email)) as [string, string]
    expect((await owner.post('/v1/auth/email/verification', { email })).status).toBe(202)
    expect([await eventsFor(own), await eventsFor(strangers)]).toEqual([2, 1])
  })

  it('in vain uses nothing up of what the address bears', async () => {
    const email = newEmail()
    for (let time = 0; time < 5; time++) await again(email)
    await signUp(app, newBrowser(), email)
    const [registrationId] = (await registrationsOf(app, email)) as [string]
    expect(await eventsFor(registrationId)).toBe(1)
  })

  it('answers the same when there is nothing to send', async () => {
    expect(await again(newEmail())).toEqual({ status: 'verification_sent' })
  })
})

describe('verifying the address', () => {
  it('in the browser that signed up makes the account and signs in', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    const { status, body } = await browser.post(verify, { token })
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { email, name: 'Ada Lovelace', role: 'owner', operator: false } })
    expect(await accountsOf(email)).toMatchObject([{ userId: body.user.id }])
    expect(browser.cookies.has('lightpress_registration')).toBe(false)
    expect(await newBrowser().post('/v1/auth/sign-in', { email, password })).toMatchObject({ status: 200 })
  })

  it('elsewhere takes the password that was chosen', async () => {
    const { email, token } = await signUp(app, newBrowser())
    const other = newBrowser()
    const tries = [{}, { password: 'not this one, surely' }, { password }]
    const answers = []
    for (const more of tries) answers.push(await other.post(verify, { token, ...more }))
    expect(answers.map(({ status, body }) => [status, body.reason])).toEqual([
      [401, 'auth.password_required'],
      [401, 'auth.password_wrong'],
      [200, undefined],
    ])
    expect(await accountsOf(email)).toHaveLength(1)
  })

  it('takes no cookie from a page of another site', async () => {
    const browser = newBrowser()
    const { token } = await signUp(app, browser)
    const { status, body } = await browser.post(verify, { token }, { origin: 'https://evil.example' })
    expect({ status, reason: body.reason }).toEqual({ status: 403, reason: 'request.cross_origin' })
  })

  it('limits guesses at the password', async () => {
    const { token } = await signUp(app, newBrowser())
    const other = newBrowser()
    const wrong = { token, password: 'not this one, surely' }
    for (let guess = 0; guess < 10; guess++) expect((await other.post(verify, wrong)).status).toBe(401)
    const { status, body } = await other.post(verify, { token, password })
    expect({ status, reason: body.reason }).toEqual({ status: 429, reason: 'auth.too_many_attempts' })
  })

  it('works once: the same browser is told to sign in', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    await browser.post(verify, { token })
    for (const more of [{}, { password }]) {
      const { status, body } = await browser.post(verify, { token, ...more })
      expect({ status, reason: body.reason }).toEqual({ status: 400, reason: 'auth.token_invalid' })
    }
    expect(await readMail(app, email)).toBeNull()
  })

  it('is too late after a day', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    const { db } = app.contextFor('auth')
    await db.update(registration).set({ expiresAt: new Date() }).where(eq(registration.email, email))
    expect(await browser.post(verify, { token })).toMatchObject({ status: 400, body: { reason: 'auth.token_invalid' } })
    expect(await readMail(app, email)).toBeNull()
    expect(await accountsOf(email)).toEqual([])
  })

  it('knows no token but those of its mails', async () => {
    const browser = newBrowser()
    const { token } = await signUp(app, browser)
    const { token: another } = await signUp(app, newBrowser())
    const [id] = token.split('.')
    const forged = ['nonsense', '', `${id}.${another.split('.')[1]}`, `${id}.${'A'.repeat(43)}`]
    for (const wrong of forged)
      expect(await browser.post(verify, { token: wrong })).toMatchObject({
        status: 400,
        body: { reason: 'auth.token_invalid' },
      })
  })

  it('is not for a registration that another provider vouches for', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    const { db } = app.contextFor('auth')
    await db.update(registration).set({ passwordHash: '' }).where(eq(registration.email, email))
    expect(await readMail(app, email)).toBeNull()
    for (const words of [{}, { password }, { password: ' ' }])
      expect(await newBrowser().post(verify, { token, ...words })).toMatchObject({
        status: 400,
        body: { reason: 'auth.token_invalid' },
      })
    expect(await browser.post(verify, { token })).toMatchObject({ status: 400 })
  })

  it('gives a stranger who signed up first nothing', async () => {
    const stranger = newBrowser()
    const { email, token: theirs } = await signUp(app, stranger, newEmail(), 'chosen by the stranger')
    const owner = newBrowser()
    const { token } = await signUp(app, owner, email)

    // The owner follows the stranger's link: their browser and their password are not the stranger's.
    const clicked = await owner.post(verify, { token: theirs })
    expect(clicked).toMatchObject({ status: 401, body: { reason: 'auth.password_required' } })
    const typed = await owner.post(verify, { token: theirs, password })
    expect(typed).toMatchObject({ status: 401, body: { reason: 'auth.password_wrong' } })

    expect(await owner.post(verify, { token })).toMatchObject({ status: 200 })
    const late = await stranger.post(verify, { token: theirs })
    expect(late).toMatchObject({ status: 400, body: { reason: 'auth.token_invalid' } })
    // Nor is a mail of theirs still sent.
    const [registrationId] = (await registrationsOf(app, email)) as [string]
    expect(await app.callAs('notifications', contract).readRegistrationMail({ registrationId })).toEqual({ mail: null })
    const signIn = await stranger.post('/v1/auth/sign-in', { email, password: 'chosen by the stranger' })
    expect(signIn).toMatchObject({ status: 401 })
  })

  it('twenty times at once makes one account and one session', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post(verify, { token, password })))
    const signedIn = answers.filter(({ status }) => status === 200)
    expect(signedIn).toHaveLength(1)
    expect(new Set(answers.filter((a) => a.status !== 200).map((a) => a.body.reason))).toEqual(
      new Set(['auth.token_invalid']),
    )
    const userId = (await accountsOf(email))[0]!.userId
    expect(peopleCalled(email)).toHaveLength(1)
    expect(await app.contextFor('auth').db.select().from(session).where(eq(session.userId, userId))).toHaveLength(1)
  })

  it('of two registrations at once lets one win', async () => {
    const [one, two] = [newBrowser(), newBrowser()]
    const { email, token } = await signUp(app, one)
    const { token: other } = await signUp(app, two, email)
    const answers = await Promise.all([one.post(verify, { token }), two.post(verify, { token: other })])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400])
    expect(await accountsOf(email)).toHaveLength(1)
    expect(peopleCalled(email)).toHaveLength(1)
  })
})

describe('a crash on the way to the account', () => {
  const lost = () => {
    throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')
  }

  it('before users heard of it leaves the address free', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    vi.spyOn(app.users, 'createUser').mockImplementation(lost)
    expect((await browser.post(verify, { token })).status).toBe(503)
    expect([await accountsOf(email), peopleCalled(email)]).toEqual([[], []])
    vi.restoreAllMocks()
    expect((await browser.post(verify, { token })).status).toBe(200)
  })

  it('between the person and the account is mended by the next try, with one person', async () => {
    const browser = newBrowser()
    const { email, token } = await signUp(app, browser)
    vi.spyOn(app.users, 'readPrincipal').mockImplementation(lost)
    expect((await browser.post(verify, { token })).status).toBe(503)
    expect([(await accountsOf(email)).length, peopleCalled(email).length]).toEqual([0, 1])
    vi.restoreAllMocks()
    const { status, body } = await browser.post(verify, { token })
    expect(status).toBe(200)
    expect([...app.users.people.keys()]).toContain(body.user.id)
    expect(peopleCalled(email)).toHaveLength(1)
    expect(await accountsOf(email)).toMatchObject([{ userId: body.user.id }])
  })

  it('is mended by another registration, too, when the first is never tried again', async () => {
    const { email, token } = await signUp(app, newBrowser())
    vi.spyOn(app.users, 'readPrincipal').mockImplementation(lost)
    await newBrowser().post(verify, { token, password })
    vi.restoreAllMocks()
    const { db } = app.contextFor('auth')
    await db.update(registration).set({ expiresAt: new Date() }).where(eq(registration.email, email))
    await sweep(app.contextFor('auth') as unknown as AuthContext)

    const browser = newBrowser()
    const { token: second } = await signUp(app, browser, email)
    expect((await browser.post(verify, { token: second })).status).toBe(200)
    expect([(await accountsOf(email)).length, peopleCalled(email).length]).toEqual([1, 1])
  })
})
