import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, passkey, session, ticket } from '../src/schema.ts'
import { createAuthenticator, type Authenticator, type Twist } from './authenticator.ts'
import {
  browserAt,
  newPerson,
  newPersonWithPasskey,
  passkeyPaths,
  said,
  siteOf,
  startRegistration,
  startSignIn,
  startStepUp,
} from './passkey-support.ts'
import { createBrowser, start, type Browser, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

async function signIn(authenticator: Authenticator, twist?: Twist, browser: Browser = browserAt(app)) {
  const { ticket, options } = await startSignIn(browser)
  const answer = authenticator.get(options, siteOf(app), twist)
  return { browser, ...(await browser.post(passkeyPaths.signIn, { ticket, answer })) }
}

async function lastEntry() {
  const { db } = app.contextFor('auth')
  const [entry] = await db.select().from(auditEntry).orderBy(desc(auditEntry.at), desc(auditEntry.id)).limit(1)
  return entry
}

describe('a passkey as the only door', () => {
  it('asks for any passkey that makes sure who the person is', async () => {
    const { options } = await startSignIn(browserAt(app))
    expect(options).toMatchObject({ rpId: 'localhost', allowCredentials: [], userVerification: 'required' })
  })

  it('signs in by cookies, and asks for nothing else', async () => {
    const { authenticator, userId, email } = await newPersonWithPasskey(app)
    const { status, body, browser } = await signIn(authenticator)
    expect(status).toBe(200)
    expect(body).toMatchObject({ user: { id: userId, email } })
    expect(body).not.toHaveProperty('accessToken')
    expect((await browser.get('/v1/auth/credentials')).status).toBe(200)
    expect(await lastEntry()).toMatchObject({ action: 'signed_in', userId, method: 'passkey' })
  })

  it('keeps when it was used, how often, and whether it is copied', async () => {
    const { authenticator, userId } = await newPersonWithPasskey(app)
    await signIn(authenticator)
    await signIn(authenticator)
    const { db } = app.contextFor('auth')
    const [used] = await db.select().from(passkey).where(eq(passkey.userId, userId))
    expect(used).toMatchObject({ signatureCount: 2, synced: false })
    expect(Date.now() - used!.lastUsedAt!.getTime()).toBeLessThan(60_000)
  })

  it('works for passkeys that count nothing, as often as they like', async () => {
    const { authenticator } = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    expect(said(await signIn(authenticator))).toBe('done')
    expect(said(await signIn(authenticator))).toBe('done')
  })

  const twists: Record<string, Twist> = {
    'of another site': { origin: 'https://evil.example' },
    'of our host under another port': { origin: 'http://localhost:1' },
    'for another relying party': { rpId: 'evil.example' },
    'for another challenge': { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'of another ceremony': { type: 'webauthn.create' },
    'given in a frame of another site': { crossOrigin: true },
    'that nobody touched': { userPresent: false },
    'that did not make sure who it was': { verifiesUser: false },
    'for somebody else': { userHandle: Buffer.from(newId()).toString('base64url') },
    'for nobody': { userHandle: null },
    'signed with another key': { forged: true },
  }
  it.each(Object.entries(twists))('refuses an answer %s, and writes it down', async (_, twist) => {
    const { authenticator, userId } = await newPersonWithPasskey(app)
    const answer = await signIn(authenticator, twist)
    expect(said(answer)).toBe('400 auth.passkey_refused')
    expect([...answer.browser.cookies.keys()]).toEqual(['lightpress_browser'])
    expect(await lastEntry()).toMatchObject({ action: 'second_factor_failed', userId, factor: 'passkey' })
  })

  it('refuses a second one with the same key, by its count', async () => {
    const { authenticator, userId } = await newPersonWithPasskey(app)
    expect(said(await signIn(authenticator, { count: 7 }))).toBe('done')
    for (const count of [7, 6, 0]) {
      expect(said(await signIn(authenticator, { count }))).toBe('400 auth.passkey_refused')
      expect(await lastEntry()).toMatchObject({ action: 'second_factor_failed', userId })
    }
    expect(said(await signIn(authenticator, { count: 8 }))).toBe('done')
  })

  it('answers the same for a passkey that nobody has', async () => {
    const { browser } = await newPerson(app)
    const authenticator = createAuthenticator()
    authenticator.create((await startRegistration(browser)).options, siteOf(app))
    expect(said(await signIn(authenticator))).toBe('400 auth.passkey_refused')
    expect(await lastEntry()).toMatchObject({ action: 'sign_in_failed', userId: null })
  })

  it('refuses one that was taken away', async () => {
    const { authenticator, browser, passkey } = await newPersonWithPasskey(app)
    await browser.delete(`${passkeyPaths.passkeys}/${passkey.id}`)
    expect(said(await signIn(authenticator))).toBe('400 auth.passkey_refused')
  })

  it('tells a suspended person so, and nobody who only says to be them', async () => {
    const { authenticator, userId } = await newPersonWithPasskey(app)
    app.users.people.get(userId)!.suspended = true
    expect(said(await signIn(authenticator))).toBe('403 auth.suspended')
    expect(await lastEntry()).toMatchObject({ action: 'sign_in_failed', userId })
    expect(said(await signIn(authenticator, { forged: true }))).toBe('400 auth.passkey_refused')
  })

  it('takes a person as they are by the time they are let in', async () => {
    const { authenticator, userId } = await newPersonWithPasskey(app)
    const { readPrincipal } = app.users
    // The version grows between the proof and the session, as when a role changes.
    app.users.readPrincipal = async (asked) => {
      app.users.readPrincipal = readPrincipal
      await app
        .contextFor('auth')
        .db.execute(sql`update auth.account set session_version = session_version + 1 where user_id = ${userId}`)
      return readPrincipal(asked)
    }
    expect(said(await signIn(authenticator))).toBe('done')
  })

  it('is for pages of ours only', async () => {
    const elsewhere = createBrowser(siteOf(app), { origin: 'https://evil.example' })
    expect(said(await elsewhere.post(passkeyPaths.startSignIn))).toBe('403 request.cross_origin')
    const program = createBrowser(siteOf(app), { origin: null })
    expect(said(await program.post(passkeyPaths.startSignIn))).toBe('403 request.cross_origin')
    const answer = {
      ...{ id: 'AA', rawId: 'AA', type: 'public-key' },
      response: { clientDataJSON: 'AA', authenticatorData: 'AA', signature: 'AA' },
    }
    const input = { ticket: 'none', answer }
    expect(said(await elsewhere.post(passkeyPaths.signIn, input))).toBe('403 request.cross_origin')
  })

  it('is nothing under an IP address', async () => {
    const browser = createBrowser(app.baseUrl)
    expect(said(await browser.post(passkeyPaths.startSignIn))).toBe('400 auth.passkey_refused')
  })
})

describe('the ticket of a sign-in', () => {
  it('is good once: also for many at once, and never again', async () => {
    const { authenticator, userId } = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const browser = browserAt(app)
    const { ticket, options } = await startSignIn(browser)
    const answer = authenticator.get(options, siteOf(app))
    const { db } = app.contextFor('auth')
    const before = await db.$count(session, eq(session.userId, userId))
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => browser.post(passkeyPaths.signIn, { ticket, answer })),
    )
    expect(answers.map(said).sort()).toEqual([...Array<string>(4).fill('400 auth.challenge_invalid'), 'done'])
    expect(said(await browser.post(passkeyPaths.signIn, { ticket, answer }))).toBe('400 auth.challenge_invalid')
    expect(await db.$count(session, eq(session.userId, userId))).toBe(before + 1)
  })

  it('does not go with the answer to another one', async () => {
    const { authenticator } = await newPersonWithPasskey(app)
    const browser = browserAt(app)
    const [first, second] = [await startSignIn(browser), await startSignIn(browser)]
    const answer = authenticator.get(first.options, siteOf(app))
    const crossed = await browser.post(passkeyPaths.signIn, { ticket: second.ticket, answer })
    expect(said(crossed)).toBe('400 auth.passkey_refused')
  })

  it('is good in its browser only', async () => {
    const { authenticator } = await newPersonWithPasskey(app)
    const browser = browserAt(app)
    const { ticket, options } = await startSignIn(browser)
    const answer = authenticator.get(options, siteOf(app))
    const another = browserAt(app)
    await startSignIn(another)
    for (const elsewhere of [another, browserAt(app)])
      expect(said(await elsewhere.post(passkeyPaths.signIn, { ticket, answer }))).toBe('400 auth.challenge_invalid')
    expect(said(await browser.post(passkeyPaths.signIn, { ticket, answer }))).toBe('done')
  })

  it('is worth nothing after five minutes', async () => {
    const { authenticator } = await newPersonWithPasskey(app)
    const browser = browserAt(app)
    const { ticket: token, options } = await startSignIn(browser)
    const { db } = app.contextFor('auth')
    await db
      .update(ticket)
      .set({ expiresAt: sql`now()` })
      .where(eq(ticket.purpose, 'passkey-sign-in'))
    const answer = authenticator.get(options, siteOf(app))
    expect(said(await browser.post(passkeyPaths.signIn, { ticket: token, answer }))).toBe('400 auth.challenge_invalid')
  })

  it('is not that of a step-up, or of a registration', async () => {
    const { browser, authenticator } = await newPersonWithPasskey(app)
    const stepUp = await startStepUp(browser)
    const answer = authenticator.get(stepUp.options, siteOf(app))
    const { ticket } = await startRegistration(browser)
    for (const other of [stepUp.ticket, ticket])
      expect(said(await browser.post(passkeyPaths.signIn, { ticket: other, answer }))).toBe(
        '400 auth.challenge_invalid',
      )
  })
})
