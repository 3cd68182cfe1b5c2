import { newId } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { session, totp } from '../src/schema.ts'
import type { StandIn } from './oidc-provider.ts'
import { auditOf, linksOf, sessionsOf, startWithProviders, type App } from './oidc-support.ts'
import { comeBack, signInBy, visit } from './oidc-visits.ts'
import { claimsIn, paths, signedInBrowser, refreshedAgo } from './session-support.ts'
import { createBrowser, newEmail, type Browser } from './support.ts'

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

const link = '/v1/auth/oidc/acme/link'
const stepUp = '/v1/auth/oidc/acme/step-up'

async function leave(browser: Browser, path: string, next?: string): Promise<string> {
  const { status, body } = await browser.post<{ url: string }>(path, next === undefined ? {} : { next })
  if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`)
  return visit(body.url)
}

async function goAndComeBack(browser: Browser, path: string, next?: string) {
  return comeBack(app, browser, await leave(browser, path, next))
}

/** Lets more time pass than a proof is recent for, and has the access token say so. */
async function forgetProof(browser: Browser, userId: string) {
  const { db } = app.contextFor('auth')
  await db
    .update(session)
    .set({ authenticatedAt: sql`now() - interval '1 hour'` })
    .where(eq(session.userId, userId))
  expect(await browser.post(paths.refresh)).toMatchObject({ status: 200 })
}

async function alertsOf(userId: string): Promise<number> {
  const events = (await app.outbox()).filter(({ type }) => type === 'auth.security.alerted.v1')
  return events.filter(({ payload }) => (payload as { userId: string }).userId === userId).length
}

describe('linking a sign-in', () => {
  it('lets its owner in from then on, whatever their address is there, and tells them', async () => {
    const { browser, user } = await signedInBrowser(app)
    const alerts = await alertsOf(user.id)
    const { path, query } = await goAndComeBack(browser, link, '/security?tab=sign-ins')
    expect({ path, query }).toEqual({ path: '/security', query: { tab: 'sign-ins' } })
    expect(await linksOf(app, user.id)).toMatchObject([{ provider: 'acme', subject: acme.visitor.sub }])
    expect((await auditOf(app, user.id))[0]).toBe('sign_in_linked')
    expect(await alertsOf(user.id)).toBe(alerts + 1)

    const elsewhere = createBrowser(app.baseUrl)
    expect(await signInBy(app, elsewhere, 'acme')).toMatchObject({ path: '/dashboard' })
    expect(claimsIn(elsewhere.cookies.get('lightpress_access')!)).toMatchObject({ sub: user.id })
  })

  it('is the way for whoever came by the address of an account and was not let in', async () => {
    const { browser, user, email } = await signedInBrowser(app)
    acme.visitor.email = email
    const newcomer = createBrowser(app.baseUrl)
    expect((await signInBy(app, newcomer, 'acme')).query).toEqual({ problem: 'account_exists', provider: 'acme' })
    expect(await goAndComeBack(browser, link)).toMatchObject({ path: '/security', query: {} })
    expect(await signInBy(app, newcomer, 'acme')).toMatchObject({ path: '/dashboard' })
    expect(claimsIn(newcomer.cookies.get('lightpress_access')!)).toMatchObject({ sub: user.id })
  })

  it('again is the same as once', async () => {
    const { browser, user } = await signedInBrowser(app)
    for (let times = 0; times < 2; times++)
      expect(await goAndComeBack(browser, link)).toMatchObject({ path: '/security', query: {} })
    expect(await linksOf(app, user.id)).toHaveLength(1)
    expect((await auditOf(app, user.id)).filter((entry) => entry === 'sign_in_linked')).toHaveLength(1)
  })

  it('takes none that is somebody else’s', async () => {
    const [one, two] = [await signedInBrowser(app), await signedInBrowser(app)]
    await goAndComeBack(one.browser, link)
    const { path, query } = await goAndComeBack(two.browser, link, '/settings')
    expect({ path, query }).toEqual({ path: '/settings', query: { problem: 'already_linked' } })
    expect(await linksOf(app, two.user.id)).toEqual([])
  })

  it('of one sign-in to two accounts at once is for one of them', async () => {
    const people = [await signedInBrowser(app), await signedInBrowser(app)]
    const callbacks: string[] = []
    for (const { browser } of people) callbacks.push(await leave(browser, link))
    const landings = await Promise.all(people.map(({ browser }, at) => comeBack(app, browser, callbacks[at]!)))
    expect(landings.map(({ query }) => query.problem).sort()).toEqual(['already_linked', undefined])
  })

  it('asks for a recent proof', async () => {
    const { browser, user } = await signedInBrowser(app)
    await forgetProof(browser, user.id)
    expect(await browser.post(link)).toMatchObject({ status: 403, body: { reason: 'request.step_up_required' } })
  })

  it('sends nobody off with another access token who has not refreshed theirs', async () => {
    const { browser } = await signedInBrowser(app)
    const { sid } = claimsIn(browser.cookies.get('lightpress_access')!) as { sid: string }
    await refreshedAgo(app, sid, { seconds: 301 })
    expect(await browser.post(link)).toMatchObject({ status: 401, body: { reason: 'request.token_invalid' } })
    await browser.post(paths.refresh)
    expect(await goAndComeBack(browser, link)).toMatchObject({ path: '/security', query: {} })
  })

  it('is for the session, the browser and the person that began it', async () => {
    const { browser, user } = await signedInBrowser(app)
    const callback = await leave(browser, link)
    const stranger = await signedInBrowser(app)
    expect((await comeBack(app, stranger.browser, callback)).query).toEqual({ problem: 'link_expired' })

    // The browser is the same, and somebody else has signed in to it meanwhile.
    const cookies = new Map([
      ...stranger.browser.cookies,
      ['lightpress_browser', browser.cookies.get('lightpress_browser')!],
    ])
    expect((await comeBack(app, { cookies }, callback)).query).toEqual({ problem: 'link_expired' })

    await browser.post(paths.signOut)
    expect((await comeBack(app, browser, callback)).query).toEqual({ problem: 'link_expired' })
    expect([await linksOf(app, user.id), await linksOf(app, stranger.user.id)]).toEqual([[], []])
  })

  it('leaves with an access token that is new, as long as one may be away', async () => {
    const { browser } = await signedInBrowser(app)
    const { headers } = await browser.post(link)
    expect(headers.getSetCookie()).toContainEqual(expect.stringMatching(/^lightpress_access=[\w.-]+; Max-Age=300;/))
  })

  it('says that the provider is none, or does not answer', async () => {
    const { browser } = await signedInBrowser(app)
    const unknown = await browser.post('/v1/auth/oidc/nobody/link')
    expect(unknown).toMatchObject({ status: 404, body: { reason: 'auth.provider_unknown' } })
    const fresh = await startWithProviders()
    try {
      fresh.acme.lies = { answers: { route: 'discovery', body: { issuer: 'https://evil.example' } } }
      const somebody = await signedInBrowser(fresh.app)
      expect(await somebody.browser.post(link)).toMatchObject({
        status: 503,
        body: { reason: 'auth.provider_unavailable' },
      })
    } finally {
      await fresh.close()
    }
  })
})

describe('unlinking a sign-in', () => {
  it('shuts its door, tells the person, and again is the same as once', async () => {
    const { browser, user } = await signedInBrowser(app)
    await goAndComeBack(browser, link)
    const [linked] = await linksOf(app, user.id)
    const alerts = await alertsOf(user.id)
    for (let times = 0; times < 2; times++)
      expect(await browser.delete(`/v1/auth/linked-sign-ins/${linked!.id}`)).toMatchObject({
        status: 200,
        body: { status: 'unlinked' },
      })
    expect(await linksOf(app, user.id)).toEqual([])
    expect((await auditOf(app, user.id)).filter((entry) => entry === 'sign_in_unlinked')).toHaveLength(1)
    expect(await alertsOf(user.id)).toBe(alerts + 1)
    const elsewhere = createBrowser(app.baseUrl)
    await signInBy(app, elsewhere, 'acme')
    expect(claimsIn(elsewhere.cookies.get('lightpress_access')!)).not.toMatchObject({ sub: user.id })
  })

  it('is for its owner', async () => {
    const { browser, user } = await signedInBrowser(app)
    await goAndComeBack(browser, link)
    const [linked] = await linksOf(app, user.id)
    const stranger = await signedInBrowser(app)
    await stranger.browser.delete(`/v1/auth/linked-sign-ins/${linked!.id}`)
    expect(await linksOf(app, user.id)).toHaveLength(1)
  })

  it('of the only way in leaves the mail', async () => {
    const browser = createBrowser(app.baseUrl)
    await signInBy(app, browser, 'acme')
    const { sub } = claimsIn(browser.cookies.get('lightpress_access')!) as { sub: string }
    const [linked] = await linksOf(app, sub)
    expect(await browser.delete(`/v1/auth/linked-sign-ins/${linked!.id}`)).toMatchObject({ status: 200 })
    expect(await browser.post('/v1/auth/password/forgot', { email: acme.visitor.email })).toMatchObject({ status: 202 })
  })
})

describe('a step-up by a linked sign-in', () => {
  async function withLink() {
    const person = await signedInBrowser(app)
    await goAndComeBack(person.browser, link)
    await forgetProof(person.browser, person.user.id)
    return person
  }

  it('asks the provider to ask anew, and is a recent proof', async () => {
    const { browser, user } = await withLink()
    expect(await browser.post(link)).toMatchObject({ status: 403 })
    const { path, query } = await goAndComeBack(browser, stepUp, '/security')
    expect({ path, query }).toEqual({ path: '/security', query: {} })
    expect(Object.fromEntries(acme.asked)).toMatchObject({ prompt: 'login', max_age: '0' })
    expect(await browser.post(link)).toMatchObject({ status: 200 })
    expect((await auditOf(app, user.id))[0]).toBe('stepped_up oidc')
    expect((await sessionsOf(app, user.id)).filter(({ endedAt }) => endedAt === null)).toHaveLength(2)
  })

  it('is none where the provider says that they were not asked', async () => {
    const { browser } = await withLink()
    acme.lies = { claims: (said) => ({ ...said, auth_time: Math.floor(Date.now() / 1_000) - 600 }) }
    expect((await goAndComeBack(browser, stepUp)).query).toEqual({ problem: 'provider_failed' })
    expect(await browser.post(link)).toMatchObject({ status: 403 })
  })

  it('by another person there is none', async () => {
    const { browser } = await withLink()
    acme.visitor.sub = newId()
    expect((await goAndComeBack(browser, stepUp)).query).toEqual({ problem: 'not_linked' })
    expect(await browser.post(link)).toMatchObject({ status: 403 })
  })

  it('is not begun without a link, or with a second factor', async () => {
    const { browser, user } = await signedInBrowser(app)
    expect(await browser.post(stepUp)).toMatchObject({ status: 400, body: { reason: 'auth.provider_not_linked' } })
    await app.contextFor('auth').db.insert(totp).values({ userId: user.id, confirmedAt: new Date() })
    expect(await browser.post(stepUp)).toMatchObject({ status: 403, body: { reason: 'auth.second_factor_required' } })
  })

  it('is none for whoever got a second factor meanwhile', async () => {
    const { browser, user } = await withLink()
    const callback = await leave(browser, stepUp)
    await app.contextFor('auth').db.insert(totp).values({ userId: user.id, confirmedAt: new Date() })
    expect((await comeBack(app, browser, callback)).query).toEqual({ problem: 'second_factor_required' })
    expect(await browser.post(link)).toMatchObject({ status: 403 })
  })
})
