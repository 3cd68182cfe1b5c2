import type { RunningModule } from '@lightpress/testing'
import { and, desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, passkey, session, ticket } from '../src/schema.ts'
import { createAuthenticator, type Twist } from './authenticator.ts'
import {
  addPasskey,
  beginSignIn,
  browserAt,
  newPerson,
  newPersonWithPasskey,
  passkeyPaths,
  said,
  siteOf,
  startSignIn,
  startVerification,
} from './passkey-support.ts'
import { createBrowser, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

/** As far as the answer of the passkey, in a browser of its own. */
async function begin(person: Awaited<ReturnType<typeof newPersonWithPasskey>>, twist?: Twist) {
  const { browser, challenge } = await beginSignIn(app, person.email)
  const { ticket, options } = await startVerification(browser, challenge)
  const answer = person.authenticator.get(options, siteOf(app), twist)
  return { browser, challenge, ticket, options, answer, input: { challenge, ticket, answer } }
}

describe('a passkey as the second factor', () => {
  it('is asked for by the names of the person’s own, and need not make sure who they are', async () => {
    const { email, authenticator, browser: own } = await newPersonWithPasskey(app)
    const another = createAuthenticator()
    await addPasskey(app, own, another)
    const { browser, challenge, factors } = await beginSignIn(app, email)
    expect(factors).toEqual(['passkey', 'recovery_code'])
    const { options } = await startVerification(browser, challenge)
    const ids = [...authenticator.credentials, ...another.credentials].map(({ id }) => ({ id }))
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'preferred', allowCredentials: ids })
  })

  it('ends the sign-in by cookies, and is written down', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ verifiesUser: false }))
    const { browser, input } = await begin(person)
    const answer = await browser.post(passkeyPaths.verify, input)
    expect(answer.status).toBe(200)
    expect(answer.body).not.toHaveProperty('accessToken')
    expect((await browser.get('/v1/auth/credentials')).status).toBe(200)
    const { db } = app.contextFor('auth')
    const [entry] = await db
      .select()
      .from(auditEntry)
      .where(and(eq(auditEntry.userId, person.userId), eq(auditEntry.action, 'signed_in')))
      .orderBy(desc(auditEntry.id))
      .limit(1)
    expect(entry).toMatchObject({ method: 'password', factor: 'passkey' })
    const [used] = await db.select().from(passkey).where(eq(passkey.userId, person.userId))
    expect(used).toMatchObject({ signatureCount: 1 })
    expect(used!.lastUsedAt).not.toBeNull()
  })

  it('may leave out whose it is', async () => {
    const { browser, input } = await begin(await newPersonWithPasskey(app), { userHandle: null })
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('done')
  })

  const twists: Record<string, Twist> = {
    'of another site': { origin: 'https://evil.example' },
    'for another relying party': { rpId: 'evil.example' },
    'for another challenge': { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'of another ceremony': { type: 'webauthn.create' },
    'given in a frame of another site': { crossOrigin: true },
    'that nobody touched': { userPresent: false },
    'for somebody else': { userHandle: Buffer.alloc(16).toString('base64url') },
    'signed with another key': { forged: true },
  }
  it.each(Object.entries(twists))('refuses an answer %s, and counts it', async (_, twist) => {
    const person = await newPersonWithPasskey(app)
    const { browser, input } = await begin(person, twist)
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('400 auth.passkey_refused')
    const { db } = app.contextFor('auth')
    const failed = and(eq(auditEntry.userId, person.userId), eq(auditEntry.action, 'second_factor_failed'))
    expect(await db.$count(auditEntry, failed)).toBe(1)
  })

  it('refuses a second one with the same key, by its count', async () => {
    const person = await newPersonWithPasskey(app)
    const first = await begin(person, { count: 5 })
    expect(said(await first.browser.post(passkeyPaths.verify, first.input))).toBe('done')
    const clone = await begin(person, { count: 5 })
    expect(said(await clone.browser.post(passkeyPaths.verify, clone.input))).toBe('400 auth.passkey_refused')
  })

  it('refuses somebody else’s passkey', async () => {
    const [owner, thief] = [await newPersonWithPasskey(app), await newPersonWithPasskey(app)]
    const { browser, input, options } = await begin(owner)
    const answer = thief.authenticator.get({ ...options, allowCredentials: [] }, siteOf(app))
    expect(said(await browser.post(passkeyPaths.verify, { ...input, answer }))).toBe('400 auth.passkey_refused')
  })

  it('is not asked of whoever has none', async () => {
    const { browser: own, email, passkey } = await newPersonWithPasskey(app)
    const { browser, challenge } = await beginSignIn(app, email)
    await own.delete(`${passkeyPaths.passkeys}/${passkey.id}`)
    expect(said(await browser.post(passkeyPaths.startVerification, { challenge }))).toBe('400 auth.passkey_refused')
  })

  it('is for pages of ours only', async () => {
    const { browser, challenge, input } = await begin(await newPersonWithPasskey(app))
    const elsewhere = createBrowser(siteOf(app), { origin: 'https://evil.example' })
    for (const [name, value] of browser.cookies) elsewhere.cookies.set(name, value)
    const asked = await elsewhere.post(passkeyPaths.startVerification, { challenge })
    expect(said(asked)).toBe('403 request.cross_origin')
    expect(said(await elsewhere.post(passkeyPaths.verify, input))).toBe('403 request.cross_origin')
  })
})

describe('the two tickets', () => {
  it('are used up together, once, however many come at once', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const { browser, input } = await begin(person)
    const { db } = app.contextFor('auth')
    const before = await db.$count(session, eq(session.userId, person.userId))
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.post(passkeyPaths.verify, input)))
    expect(answers.map(said).sort()).toEqual([...Array<string>(4).fill('400 auth.challenge_invalid'), 'done'])
    expect(await db.$count(session, eq(session.userId, person.userId))).toBe(before + 1)
    const open = await db.select({ settledAt: ticket.settledAt }).from(ticket).where(eq(ticket.userId, person.userId))
    expect(open.map(({ settledAt }) => settledAt)).not.toContain(null)
  })

  it('belong to each other: not to another sign-in of the same person, and not to that of somebody else', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const first = await begin(person)
    const again = await beginSignIn(app, person.email, first.browser)
    const other = await begin(await newPersonWithPasskey(app))
    for (const challenge of [again.challenge, other.challenge]) {
      const crossed = await first.browser.post(passkeyPaths.verify, { ...first.input, challenge })
      expect(said(crossed)).toBe('400 auth.challenge_invalid')
    }
    expect(said(await first.browser.post(passkeyPaths.verify, first.input))).toBe('done')
  })

  it('are good in the browser only that began', async () => {
    const person = await newPersonWithPasskey(app)
    const { browser, challenge, input } = await begin(person)
    const another = browserAt(app)
    await startSignIn(another)
    const asked = await another.post(passkeyPaths.startVerification, { challenge })
    expect(said(asked)).toBe('400 auth.challenge_invalid')
    expect(said(await another.post(passkeyPaths.verify, input))).toBe('400 auth.challenge_invalid')
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('done')
  })

  it('are not those of another purpose', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const { browser, input, challenge } = await begin(person)
    const door = await startSignIn(browser)
    const answer = person.authenticator.get(door.options, siteOf(app))
    const asSecond = await browser.post(passkeyPaths.verify, { challenge, ticket: door.ticket, answer })
    expect(said(asSecond)).toBe('400 auth.challenge_invalid')
    const asDoor = await browser.post(passkeyPaths.signIn, { ticket: input.ticket, answer: input.answer })
    expect(said(asDoor)).toBe('400 auth.challenge_invalid')
    const swapped = { challenge: input.ticket, ticket: challenge, answer: input.answer }
    expect(said(await browser.post(passkeyPaths.verify, swapped))).toBe('400 auth.challenge_invalid')
  })

  it.each(['passkey-second-factor', 'second-factor'] as const)('are worth nothing once %s is too old', async (old) => {
    const person = await newPersonWithPasskey(app)
    const { browser, input } = await begin(person)
    const { db } = app.contextFor('auth')
    const mine = and(eq(ticket.userId, person.userId), eq(ticket.purpose, old))
    await db
      .update(ticket)
      .set({ expiresAt: sql`now()` })
      .where(mine)
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('400 auth.challenge_invalid')
  })

  it('are worth nothing once the passkey is gone', async () => {
    const person = await newPersonWithPasskey(app)
    const { browser, input } = await begin(person)
    await addPasskey(app, person.browser, createAuthenticator())
    await person.browser.delete(`${passkeyPaths.passkeys}/${person.passkey.id}`)
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('400 auth.passkey_refused')
  })

  it('are nothing for whoever needs no second factor', async () => {
    const { browser } = await newPerson(app)
    const asked = await browser.post(passkeyPaths.startVerification, { challenge: 'none' })
    expect(said(asked)).toBe('400 auth.challenge_invalid')
  })
})
