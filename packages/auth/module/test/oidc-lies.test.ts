import { newId } from '@lightpress/kernel'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Lies, StandIn } from './oidc-provider.ts'
import { accountsOf, startWithProviders, type App } from './oidc-support.ts'
import { comeBack, open, signInBy, visit } from './oidc-visits.ts'
import { createBrowser, newEmail } from './support.ts'

// What a provider, or somebody in its place, gets wrong. The person sees a page in every case, and nobody an account.

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
    provider.visitor = { sub: newId(), email: newEmail(), email_verified: true }
  }
})

const now = () => Math.floor(Date.now() / 1_000)
const said = (claims: Record<string, unknown>): Lies => ({ claims: (all) => ({ ...all, ...claims }) })

async function refusal() {
  const browser = createBrowser(app.baseUrl)
  const { status, path, query } = await signInBy(app, browser, 'acme')
  expect(browser.cookies.has('lightpress_access')).toBe(false)
  expect(await accountsOf(app, acme.visitor.email!)).toEqual([])
  return { status, path, ...query }
}
const failed = { status: 302, path: '/sign-in', problem: 'provider_failed' }

describe('an ID token', () => {
  it.each<[string, () => Lies]>([
    ['of another issuer', () => said({ iss: 'https://evil.example' })],
    ['of the other provider here', () => said({ iss: other.issuer })],
    ['for another audience', () => said({ aud: 'somebody-else' })],
    ['for several audiences, and authorised for another', () => said({ aud: ['lightpress', 'b'], azp: 'b' })],
    ['without a nonce', () => said({ nonce: undefined })],
    ['with another nonce', () => said({ nonce: 'A'.repeat(43) })],
    ['without an expiry', () => said({ exp: undefined })],
    ['without a subject', () => said({ sub: undefined })],
    ['with a subject that is none', () => said({ sub: 'a\u0000b' })],
    ['with a subject that is too long', () => said({ sub: 'x'.repeat(256) })],
    ['that is not signed', () => ({ unsigned: true })],
    ['that somebody else signed', () => ({ forged: true })],
    ['that is over for longer than clocks differ', () => said({ iat: now() - 100, exp: now() - 45 })],
    ['that begins later than clocks differ', () => said({ nbf: now() + 60 })],
  ])('%s is refused', async (_, lies) => {
    acme.lies = lies()
    expect(await refusal()).toEqual(failed)
  })

  it.each<[string, () => Lies]>([
    ['is over', () => said({ iat: now() - 100, exp: now() - 15 })],
    ['has not begun', () => said({ iat: now() + 15, nbf: now() + 15 })],
  ])('that %s by less than clocks differ is good', async (_, lies) => {
    acme.lies = lies()
    expect(await signInBy(app, createBrowser(app.baseUrl), 'acme')).toMatchObject({ path: '/dashboard' })
  })

  it('is verified by the keys of now, however short ago they were others', async () => {
    expect(await signInBy(app, createBrowser(app.baseUrl), 'acme')).toMatchObject({ path: '/dashboard' })
    for (let times = 0; times < 2; times++) {
      await acme.rotateKeys()
      expect(await signInBy(app, createBrowser(app.baseUrl), 'acme')).toMatchObject({ path: '/dashboard' })
    }
  })
})

describe('a provider that answers junk', () => {
  it.each<[string, Lies['answers']]>([
    ['no JSON for tokens', { route: 'token', body: '<html>' }],
    ['nothing for tokens', { route: 'token', body: {} }],
    ['an ID token of another kind', { route: 'token', body: { access_token: 'x', token_type: 'bearer', id_token: 7 } }],
    ['an ID token in pieces', { route: 'token', body: { access_token: 'x', token_type: 'bearer', id_token: 'a.b' } }],
    ['UserInfo about somebody else', { route: 'userinfo', body: { sub: 'somebody else', email: 'eve@example.com' } }],
    ['no UserInfo', { route: 'userinfo', body: 'null' }],
    ['no keys', { route: 'jwks', body: { keys: [] } }],
    ['keys that are none', { route: 'jwks', body: { keys: [null, 1, { kty: 'EC' }] } }],
  ])('%s', async (_, answers) => {
    acme.lies = { answers: answers! }
    expect(await refusal()).toEqual(failed)
  })

  it('an address that is none', async () => {
    acme.visitor.email = 'nobody at all'
    expect(await refusal()).toEqual({ ...failed, problem: 'email_unverified' })
  })

  it.each([{ email: ['a@example.com'] }, { email: 7, name: {}, locale: [] }])(
    'claims of other kinds: %j',
    async (claims) => {
      const { email } = acme.visitor
      Object.assign(acme.visitor, claims)
      const { path, query } = await signInBy(app, createBrowser(app.baseUrl), 'acme')
      expect({ path, query }).toEqual({ path: '/sign-in', query: { problem: 'email_unverified' } })
      expect(await accountsOf(app, email!)).toEqual([])
    },
  )
})

describe('whoever', () => {
  it('says no at the provider comes back without anything', async () => {
    acme.lies = { refuses: 'access_denied' }
    expect(await refusal()).toEqual({ ...failed, problem: 'provider_denied' })
  })

  it('is refused there for another reason is told that it failed', async () => {
    acme.lies = { refuses: 'temporarily_unavailable' }
    expect(await refusal()).toEqual(failed)
  })

  it('brings a code of their own to somebody else is refused', async () => {
    const victim = createBrowser(app.baseUrl)
    const attackers = new URL(await visit((await open(createBrowser(app.baseUrl), startAt())).location))
    const started = new URL((await open(victim, startAt())).location)
    attackers.searchParams.set('state', started.searchParams.get('state')!)
    // PKCE: the code was asked for with the attacker's verifier.
    expect((await comeBack(app, victim, attackers.href)).query).toEqual({ problem: 'provider_failed' })
    expect(victim.cookies.has('lightpress_access')).toBe(false)
  })

  it('comes back in the name of another issuer is refused', async () => {
    const browser = createBrowser(app.baseUrl)
    const callback = new URL(await visit((await open(browser, startAt())).location))
    callback.searchParams.set('iss', other.issuer)
    expect((await comeBack(app, browser, callback.href)).query).toEqual({ problem: 'provider_failed' })
  })
})

describe('a provider that is down', () => {
  it('keeps nobody from the other one, and answers within the deadline', async () => {
    const fresh = await startWithProviders()
    try {
      fresh.acme.lies = { silent: true }
      fresh.other.visitor = { sub: newId(), email: newEmail(), email_verified: true }
      const begun = performance.now()
      const waiting = signInBy(fresh.app, createBrowser(fresh.app.baseUrl), 'acme', '/billing')
      expect(await signInBy(fresh.app, createBrowser(fresh.app.baseUrl), 'other')).toMatchObject({ path: '/dashboard' })
      const { path, query } = await waiting
      expect(performance.now() - begun).toBeLessThan(8_000)
      expect({ path, query }).toEqual({ path: '/sign-in', query: { problem: 'provider_failed', next: '/billing' } })
      // What failed is not remembered.
      fresh.acme.lies = {}
      fresh.acme.visitor = { sub: newId(), email: newEmail(), email_verified: true }
      expect(await signInBy(fresh.app, createBrowser(fresh.app.baseUrl), 'acme')).toMatchObject({ path: '/dashboard' })
    } finally {
      await fresh.close()
    }
  })

  it('while somebody is there has them back in time, with a page', async () => {
    const browser = createBrowser(app.baseUrl)
    const callback = await visit((await open(browser, startAt())).location)
    acme.lies = { silent: true }
    const begun = performance.now()
    expect((await comeBack(app, browser, callback)).query).toEqual({ problem: 'provider_failed' })
    expect(performance.now() - begun).toBeLessThan(8_000)
  })
})

function startAt() {
  return `${app.baseUrl}/v1/auth/oidc/acme/start`
}
