import { auth as contract } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import { AppError, emailKey } from '@lightpress/protocol'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { registration, session, ticket, totp } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { askForReset } from './links.ts'
import type { StandIn } from './oidc-provider.ts'
import { accountsOf, auditOf, linksOf, peopleCalled, sessionsOf, startWithProviders, type App } from './oidc-support.ts'
import { comeBack, open, signInBy, visit } from './oidc-visits.ts'
import { alertsOf } from './recovery-support.ts'
import { claimsIn } from './session-support.ts'
import { createAccount, createBrowser, newEmail, password, signUp } from './support.ts'

let app: App
let acme: StandIn
let other: StandIn
let close: () => Promise<void>

beforeAll(async () => {
  ;({ app, acme, other, close } = await startWithProviders())
})
afterAll(() => close())
beforeEach(() => {
  for (const provider of [acme, other]) {
    provider.lies = {}
    provider.visitor = { sub: newId(), email: newEmail(), email_verified: true, name: 'Ada Lovelace' }
  }
})
afterEach(() => vi.restoreAllMocks())

function newBrowser() {
  return createBrowser(app.baseUrl)
}

const startAt = () => `${app.baseUrl}/v1/auth/oidc/acme/start`

describe('the providers', () => {
  it('are listed by id and name, and by nothing else', async () => {
    const answer = await app.as(contract).listSignInProviders({})
    expect(answer).toEqual({
      providers: [
        { id: 'acme', name: 'Acme' },
        { id: 'other', name: 'Other' },
      ],
    })
  })

  it('are asked with PKCE, state and nonce, and nothing of it is kept', async () => {
    const browser = newBrowser()
    const { status, location } = await open(browser, startAt())
    expect(status).toBe(302)
    const asked = new URL(location)
    expect(asked.origin).toBe(acme.issuer)
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: 'lightpress',
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: 'http://localhost:3000/v1/auth/oidc/acme/callback',
      state: expect.stringMatching(/^[\w-]{36}\.[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    const [row] = await app
      .contextFor('auth')
      .db.select()
      .from(ticket)
      .where(eq(ticket.id, asked.searchParams.get('state')!.split('.')[0]!))
    expect(row).toMatchObject({ purpose: 'oidc', data: { provider: 'acme', intent: 'sign_in', next: null } })
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(JSON.stringify(row)).not.toContain(asked.searchParams.get(name))
  })

  it('that are none of ours are not found', async () => {
    const { status, location } = await open(newBrowser(), `${app.baseUrl}/v1/auth/oidc/nobody/start`)
    expect({ status, reason: (JSON.parse(location) as { reason: string }).reason }).toEqual({
      status: 404,
      reason: 'auth.provider_unknown',
    })
  })

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'dashboard'])(
    'lead back to no other place: %s',
    async (next) => {
      const { status } = await open(newBrowser(), `${startAt()}?${new URLSearchParams({ next }).toString()}`)
      expect(status).toBe(400)
    },
  )
})

describe('a page of another site', () => {
  /** The start, as a browser asks for it that was led there from `site`. */
  async function startFrom(site: string | null) {
    const response = await fetch(`${startAt()}?next=%2Fbilling`, {
      redirect: 'manual',
      headers: site === null ? {} : { 'sec-fetch-site': site },
    })
    return { status: response.status, location: response.headers.get('location') ?? '', headers: response.headers }
  }

  it('begins no sign-in: it leads to ours, where it is begun by a press', async () => {
    const { db } = app.contextFor('auth')
    const before = await db.$count(ticket)
    const { status, location, headers } = await startFrom('cross-site')
    const led = new URL(location)
    expect({ status, path: led.pathname, query: led.search }).toEqual({
      status: 302,
      path: '/sign-in',
      query: '?next=%2Fbilling',
    })
    expect(headers.getSetCookie()).toEqual([])
    expect(await db.$count(ticket)).toBe(before)
  })

  it.each(['same-origin', 'same-site', 'none', null])('is not what a browser says by %s', async (site) => {
    const { status, location } = await startFrom(site)
    expect({ status, origin: new URL(location).origin }).toEqual({ status: 302, origin: acme.issuer })
  })
})

describe('whoever comes for the first time', () => {
  it('gets an account, a person and a session, by one visit', async () => {
    const browser = newBrowser()
    const { path, status } = await signInBy(app, browser, 'acme')
    expect({ status, path }).toEqual({ status: 302, path: '/dashboard' })
    const { sub, email } = acme.visitor
    const [made, ...more] = await accountsOf(app, email!)
    expect(more).toEqual([])
    expect(made).toMatchObject({ passwordHash: null })
    expect(peopleCalled(app, email!)).toEqual([made!.userId])
    expect(app.users.people.get(made!.userId)?.name).toBe('Ada Lovelace')
    expect(await linksOf(app, made!.userId)).toMatchObject([
      { provider: 'acme', issuer: acme.issuer, subject: sub, email },
    ])
    expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({
      sub: made!.userId,
      role: 'owner',
      op: false,
    })
    expect(await auditOf(app, made!.userId)).toEqual(['signed_in oidc', 'account_created oidc'])
  })

  it('is told of no new place by it, and of the next one', async () => {
    await signInBy(app, newBrowser(), 'acme')
    const [{ userId } = { userId: '' }] = await accountsOf(app, acme.visitor.email!)
    expect(await alertsOf(app, userId)).toEqual([])
    await app.contextFor('auth').db.update(session).set({ ip: '198.51.100.7' }).where(eq(session.userId, userId))
    await signInBy(app, newBrowser(), 'acme')
    expect(await alertsOf(app, userId)).toEqual(['signed_in'])
  })

  it('goes on where they wanted to', async () => {
    const { location } = await signInBy(app, newBrowser(), 'acme', '/invitations?token=ä#top')
    expect(location).toBe(`${app.baseUrl}/invitations?token=%C3%A4#top`)
  })

  it('has the name that stands before the @ where the provider has none that is one here', async () => {
    acme.visitor.name = 'Ada\u202Eecalevol'
    await signInBy(app, newBrowser(), 'acme')
    const { email } = acme.visitor
    const [userId] = peopleCalled(app, email!)
    expect(app.users.people.get(userId!)?.name).toBe(email!.split('@')[0])
  })

  it.each([
    ['says nothing of it', undefined],
    ['says that it is not', false],
    ['says so in other words', 'yes'],
  ])('is nobody while their address is not verified: the provider %s', async (_, verified) => {
    acme.visitor.email_verified = verified
    const { path, query } = await signInBy(app, newBrowser(), 'acme', '/billing')
    expect({ path, query }).toEqual({ path: '/sign-in', query: { problem: 'email_unverified', next: '/billing' } })
    expect(await accountsOf(app, acme.visitor.email!)).toEqual([])
    expect(peopleCalled(app, acme.visitor.email!)).toEqual([])
  })

  it("may have the word for it that Cognito's UserInfo has", async () => {
    acme.visitor.email_verified = 'true'
    expect(await signInBy(app, newBrowser(), 'acme')).toMatchObject({ path: '/dashboard' })
  })

  it('gets no role by what the provider claims', async () => {
    Object.assign(acme.visitor, { role: 'admin', operator: true, groups: ['operators'] })
    const browser = newBrowser()
    await signInBy(app, browser, 'acme')
    expect(claimsIn(browser.cookies.get('lightpress_access')!)).toMatchObject({ op: false, role: 'owner' })
  })

  it('overtakes who signed up with their address and has not answered the mail', async () => {
    const stranger = newBrowser()
    const { email, token } = await signUp(app, stranger, acme.visitor.email)
    expect(await signInBy(app, newBrowser(), 'acme')).toMatchObject({ path: '/dashboard' })
    expect(await stranger.post('/v1/auth/email/verify', { token })).toMatchObject({ status: 400 })
    expect(await accountsOf(app, email)).toMatchObject([{ passwordHash: null }])
  })

  it('in two tabs at once gets one account', async () => {
    const browser = newBrowser()
    const callbacks = []
    for (let tab = 0; tab < 2; tab++) callbacks.push(await visit((await open(browser, startAt())).location))
    const landings = await Promise.all(callbacks.map((callback) => comeBack(app, browser, callback)))
    expect(landings.map(({ path }) => path)).toEqual(['/dashboard', '/dashboard'])
    expect(await accountsOf(app, acme.visitor.email!)).toHaveLength(1)
    expect(peopleCalled(app, acme.visitor.email!)).toHaveLength(1)
  })
})

describe('a crash on the way to the account', () => {
  it.each(['createUser', 'readPrincipal'] as const)(
    'after users made the person (%s) is mended by the next visit',
    async (name) => {
      const real = app.users[name]
      const spy = vi.spyOn(app.users, name).mockImplementation(((input: never) => {
        void (real as (input: never) => unknown)(input)
        throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')
      }) as never)
      const failed = await signInBy(app, newBrowser(), 'acme')
      expect({ path: failed.path, query: failed.query }).toEqual({
        path: '/sign-in',
        query: { problem: 'provider_failed' },
      })
      const { email } = acme.visitor
      expect([(await accountsOf(app, email!)).length, peopleCalled(app, email!).length]).toEqual([0, 1])
      spy.mockRestore()
      expect(await signInBy(app, newBrowser(), 'acme')).toMatchObject({ path: '/dashboard' })
      const [made] = await accountsOf(app, email!)
      expect(peopleCalled(app, email!)).toEqual([made!.userId])
    },
  )

  it('is mended by a sign-up of the same address, too, and no mail is sent for the visit', async () => {
    const { email } = acme.visitor
    const spy = vi.spyOn(app.users, 'readPrincipal').mockImplementation(() => {
      throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')
    })
    await signInBy(app, newBrowser(), 'acme')
    spy.mockRestore()
    await app.as(contract).resendVerification({ email: email! })
    const rows = await app.contextFor('auth').db.select().from(registration).where(eq(registration.email, email!))
    const promised = JSON.stringify(await app.outbox())
    expect(rows.map(({ id }) => promised.includes(id))).toEqual([false])

    const browser = newBrowser()
    const { token } = await signUp(app, browser, email)
    expect(await browser.post('/v1/auth/email/verify', { token })).toMatchObject({ status: 200 })
    const [made] = await accountsOf(app, email!)
    expect(peopleCalled(app, email!)).toEqual([made!.userId])
  })
})

it('a visit that crashed and nobody repeats is forgotten but for what the next one needs', async () => {
  const { email } = acme.visitor
  vi.spyOn(app.users, 'readPrincipal').mockImplementation(() => {
    throw new AppError('unavailable', 'seam.neighbour_unavailable', 'Gone.')
  })
  await signInBy(app, newBrowser(), 'acme')
  vi.restoreAllMocks()
  const { db } = app.contextFor('auth')
  const reserved = and(eq(registration.emailKey, emailKey(email!)), isNull(registration.settledAt))
  await db
    .update(registration)
    .set({ expiresAt: new Date(0) })
    .where(reserved)
  await sweep(app.contextFor('auth') as unknown as AuthContext)
  const [userId] = peopleCalled(app, email!)
  expect(await db.select().from(registration).where(reserved)).toMatchObject([{ userId, email: '', name: '' }])
})

describe('whoever has linked the sign-in', () => {
  it('is let in again as the same person, whatever their address is there by now', async () => {
    await signInBy(app, newBrowser(), 'acme')
    const [made] = await accountsOf(app, acme.visitor.email!)
    acme.visitor = { ...acme.visitor, email: newEmail(), email_verified: false }
    expect(await signInBy(app, newBrowser(), 'acme')).toMatchObject({ path: '/dashboard' })
    expect(await sessionsOf(app, made!.userId)).toHaveLength(2)
    expect(await linksOf(app, made!.userId)).toMatchObject([{ email: acme.visitor.email }])
  })

  it('is asked for their second factor, on a page that gets the challenge in its fragment', async () => {
    await signInBy(app, newBrowser(), 'acme')
    const [made] = await accountsOf(app, acme.visitor.email!)
    await app.contextFor('auth').db.insert(totp).values({ userId: made!.userId, confirmedAt: new Date() })
    const browser = newBrowser()
    const { path, query, fragment } = await signInBy(app, browser, 'acme', '/billing')
    expect({ path, query, fragment }).toEqual({
      path: '/sign-in/second-factor',
      query: {},
      fragment: { challenge: expect.any(String), factors: 'totp', expires: expect.any(String), next: '/billing' },
    })
    expect(new Date(fragment.expires!).getTime()).toBeGreaterThan(Date.now())
    expect(browser.cookies.has('lightpress_access')).toBe(false)
    expect(await sessionsOf(app, made!.userId)).toHaveLength(1)
  })

  it('is told that they are suspended', async () => {
    await signInBy(app, newBrowser(), 'acme')
    const [userId] = peopleCalled(app, acme.visitor.email!)
    app.users.people.get(userId!)!.suspended = true
    const browser = newBrowser()
    const { path, query } = await signInBy(app, browser, 'acme')
    expect({ path, query }).toEqual({ path: '/sign-in', query: { problem: 'suspended' } })
    expect(browser.cookies.has('lightpress_access')).toBe(false)
    expect((await auditOf(app, userId!))[0]).toBe('sign_in_failed oidc')
  })

  it('has no password until they choose one by a mail', async () => {
    await signInBy(app, newBrowser(), 'acme')
    const email = acme.visitor.email!
    for (const guess of ['', password])
      expect(await newBrowser().post('/v1/auth/sign-in', { email, password: guess })).toMatchObject({ status: 401 })
    const { token } = await askForReset(app, email)
    expect(await newBrowser().post('/v1/auth/password/reset', { token, password })).toMatchObject({ status: 200 })
    expect(await newBrowser().post('/v1/auth/sign-in', { email, password })).toMatchObject({ status: 200 })
  })
})

describe('an address that has an account', () => {
  it('does not make it theirs who has the address at a provider', async () => {
    const { email, user } = await createAccount(app)
    acme.visitor.email = email.toUpperCase()
    const browser = newBrowser()
    const { path, query } = await signInBy(app, browser, 'acme', '/billing')
    expect({ path, query }).toEqual({
      path: '/sign-in',
      query: { problem: 'account_exists', provider: 'acme', next: '/billing' },
    })
    expect(browser.cookies.has('lightpress_access')).toBe(false)
    expect(await linksOf(app, user.id)).toEqual([])
    expect((await auditOf(app, user.id))[0]).toBe('sign_in_failed oidc')
  })

  it('is not told of to whoever has not verified it', async () => {
    const { email } = await createAccount(app)
    acme.visitor = { ...acme.visitor, email, email_verified: false }
    expect(await signInBy(app, newBrowser(), 'acme')).toMatchObject({ query: { problem: 'email_unverified' } })
  })

  it('that came by one provider is not theirs who has it at another', async () => {
    await signInBy(app, newBrowser(), 'acme')
    other.visitor.email = acme.visitor.email!
    const { query } = await signInBy(app, newBrowser(), 'other')
    expect(query).toEqual({ problem: 'account_exists', provider: 'other' })
  })
})

describe('the state', () => {
  it('is worth nothing in another browser', async () => {
    const callback = await visit((await open(newBrowser(), startAt())).location)
    const { path, query } = await comeBack(app, newBrowser(), callback)
    expect({ path, query }).toEqual({ path: '/sign-in', query: { problem: 'link_expired' } })
    expect(await accountsOf(app, acme.visitor.email!)).toEqual([])
  })

  it('is worth nothing a second time', async () => {
    const browser = newBrowser()
    const callback = await visit((await open(browser, startAt())).location)
    expect(await comeBack(app, browser, callback)).toMatchObject({ path: '/dashboard' })
    expect(await comeBack(app, browser, callback)).toMatchObject({ query: { problem: 'link_expired' } })
    const [made] = await accountsOf(app, acme.visitor.email!)
    expect(await sessionsOf(app, made!.userId)).toHaveLength(1)
  })

  it('twenty times at once is worth one session', async () => {
    const browser = newBrowser()
    const callback = await visit((await open(browser, startAt())).location)
    const landings = await Promise.all(Array.from({ length: 20 }, () => comeBack(app, browser, callback)))
    expect(landings.filter(({ path }) => path === '/dashboard')).toHaveLength(1)
    const [made] = await accountsOf(app, acme.visitor.email!)
    expect(await sessionsOf(app, made!.userId)).toHaveLength(1)
  })

  it('is worth nothing at the callback of another provider', async () => {
    const browser = newBrowser()
    const callback = await visit((await open(browser, startAt())).location)
    const landed = await comeBack(app, browser, callback.replace('/oidc/acme/', '/oidc/other/'))
    expect(landed.query).toEqual({ problem: 'link_expired' })
    expect(await accountsOf(app, acme.visitor.email!)).toEqual([])
  })

  it('is worth nothing after ten minutes', async () => {
    const browser = newBrowser()
    const callback = await visit((await open(browser, startAt())).location)
    const { db } = app.contextFor('auth')
    await db
      .update(ticket)
      .set({ expiresAt: sql`now()` })
      .where(eq(ticket.purpose, 'oidc'))
    expect(await comeBack(app, browser, callback)).toMatchObject({ query: { problem: 'link_expired' } })
  })

  it.each(['', '?state=nonsense', '?error=access_denied', '?code=x&state='])(
    'is missed where there is none: %j',
    async (query) => {
      const landed = await open(newBrowser(), `${app.baseUrl}/v1/auth/oidc/acme/callback${query}`)
      expect(landed).toMatchObject({ status: 302, path: '/sign-in', query: { problem: 'link_expired' } })
    },
  )
})
