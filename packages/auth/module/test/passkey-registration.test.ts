import type { RunningModule } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, passkey, recoveryCode, ticket } from '../src/schema.ts'
import { createAuthenticator, encodeCbor, type Cbor, type Twist } from './authenticator.ts'
import {
  addPasskey,
  browserAt,
  newPerson,
  newPersonWithPasskey,
  passkeyPaths,
  said,
  siteOf,
  startRegistration,
  startSignIn,
} from './passkey-support.ts'
import { createBrowser, password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

describe('what a browser is asked for', () => {
  it('is a passkey of ours, for this person, that can sign in by itself if that is possible', async () => {
    const { browser, email, userId } = await newPerson(app)
    const { options } = await startRegistration(browser)
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Lightpress' },
      user: { id: Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url'), name: email },
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
      attestation: 'none',
      excludeCredentials: [],
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      timeout: 300_000,
    })
  })

  it('leaves out the passkeys that the person has', async () => {
    const { browser, authenticator } = await newPersonWithPasskey(app)
    const { options } = await startRegistration(browser)
    const id = authenticator.credentials[0]?.id
    expect(options).toMatchObject({ excludeCredentials: [{ id, transports: ['internal'], type: 'public-key' }] })
  })

  it('is nothing under an IP address, which no passkey can be for', async () => {
    const { email } = await newPerson(app)
    const browser = createBrowser(app.baseUrl)
    await browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    const answer = await browser.post(passkeyPaths.startRegistration)
    expect(said(answer)).toBe('400 auth.passkey_refused')
    expect(answer.body.detail).toContain('localhost')
  })
})

describe('a new passkey', () => {
  it('is the person’s, and with the first factor come ten recovery codes', async () => {
    const { browser, userId } = await newPerson(app)
    const first = await addPasskey(app, browser, createAuthenticator(), 'Work laptop')
    expect(first.status).toBe(201)
    expect(first.body.passkey).toMatchObject({ name: 'Work laptop', synced: false, lastUsedAt: null })
    expect(new Set(first.body.recoveryCodes).size).toBe(10)
    const second = await addPasskey(app, browser, createAuthenticator({ synced: true }))
    expect(second.body).toMatchObject({ passkey: { synced: true }, recoveryCodes: null })
    const { db } = app.contextFor('auth')
    expect(await db.$count(recoveryCode, eq(recoveryCode.userId, userId))).toBe(10)
  })

  it('is written down, and told', async () => {
    const { userId } = await newPersonWithPasskey(app)
    const { db } = app.contextFor('auth')
    const added = and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'passkey_added'))
    const [entry] = await db.select().from(auditEntry).where(added)
    expect(entry).toMatchObject({ actorId: userId, factor: 'passkey' })
    const told = (await app.outbox()).filter(({ type }) => type === 'auth.security.alerted.v1')
    expect(told.map(({ payload }) => payload)).toContainEqual({ auditEntryId: entry!.id, userId })
  })

  it('is called after what made it, numbered where that is taken', async () => {
    const { browser } = await newPerson(app)
    const names = []
    for (const aaguid of ['fbfc3007-154e-4ecc-8c0b-6e020557d7bd', 'fbfc3007-154e-4ecc-8c0b-6e020557d7bd', undefined]) {
      const { body } = await addPasskey(app, browser, createAuthenticator(aaguid === undefined ? {} : { aaguid }))
      names.push(body.passkey.name)
    }
    expect(names).toEqual(['iCloud Keychain', 'iCloud Keychain 2', 'Passkey'])
  })

  it('need not have made sure who the person is', async () => {
    const { browser } = await newPerson(app)
    const { status } = await addPasskey(app, browser, createAuthenticator({ verifiesUser: false }))
    expect(status).toBe(201)
  })

  const twists: Record<string, Twist> = {
    'of another site': { origin: 'https://evil.example' },
    'of our host under another port': { origin: 'http://localhost:1' },
    'for another relying party': { rpId: 'evil.example' },
    'for another challenge': { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'of another ceremony': { type: 'webauthn.get' },
    'made in a frame of another site': { crossOrigin: true },
    'that nobody touched': { userPresent: false },
  }
  it.each(Object.entries(twists))('%s is refused', async (_, twist) => {
    const { browser } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const answer = createAuthenticator().create(options, siteOf(app), twist)
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('400 auth.passkey_refused')
  })

  it('may vouch for itself, which browsers leave in', async () => {
    const { browser } = await newPerson(app)
    for (const forged of [true, false]) {
      const { ticket, options } = await startRegistration(browser)
      const answer = createAuthenticator().create(options, siteOf(app), { signsItself: true, forged })
      const expected = forged ? '400 auth.passkey_refused' : 'done'
      expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe(expected)
    }
  })

  it('with a statement of certificates, which nobody asked for, is refused', async () => {
    const { browser } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const answer = createAuthenticator().create(options, siteOf(app))
    const statement = new Map<string, Cbor>([['x5c', Buffer.from('a certificate')]])
    const attestation = new Map<string, Cbor>([
      ['fmt', 'packed'],
      ['attStmt', statement],
      ['authData', Buffer.alloc(200)],
    ])
    answer.response.attestationObject = encodeCbor(attestation).toString('base64url')
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('400 auth.passkey_refused')
  })

  it('may have a name of its own as long as WebAuthn allows, and no longer', async () => {
    const { browser } = await newPerson(app)
    for (const [idBytes, expected] of [
      [1_024, '400 auth.passkey_refused'],
      [1_023, 'done'],
    ] as const) {
      const { ticket, options } = await startRegistration(browser)
      const answer = createAuthenticator().create(options, siteOf(app), { idBytes })
      expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe(expected)
    }
  })

  it('under the name of another one is refused', async () => {
    const { browser } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const answer = createAuthenticator().create(options, siteOf(app))
    const id = Buffer.from('another name').toString('base64url')
    const renamed = { ...answer, id, rawId: id }
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer: renamed }))).toBe(
      '400 auth.passkey_refused',
    )
  })

  it('that is known already is a conflict, whosever it is', async () => {
    const { browser } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const answer = createAuthenticator().create(options, siteOf(app))
    const { db } = app.contextFor('auth')
    const { userId } = await newPerson(app)
    const row = { id: crypto.randomUUID(), userId, name: 'Theirs', credentialId: answer.id, publicKey: '' }
    await db.insert(passkey).values({ ...row, signatureCount: 0, transports: [], synced: false })
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('409 auth.passkey_known')
  })

  it('is one of twenty at most, however many come at once', async () => {
    const { browser, userId, authenticator } = await newPersonWithPasskey(app)
    const { db } = app.contextFor('auth')
    const rows = Array.from({ length: 18 }, (_, index) => ({
      ...{ id: crypto.randomUUID(), userId, name: `Key ${index}`, credentialId: `${userId}${index}`, publicKey: '' },
      ...{ signatureCount: 0, transports: [], synced: false },
    }))
    await db.insert(passkey).values(rows)
    // A session registers one at a time.
    const browsers = [browser, browserAt(app), browserAt(app)]
    for (const elsewhere of browsers.slice(1)) {
      const { ticket, options } = await startSignIn(elsewhere)
      await elsewhere.post(passkeyPaths.signIn, { ticket, answer: authenticator.get(options, siteOf(app)) })
    }
    const begun = await Promise.all(browsers.map(startRegistration))
    const answers = await Promise.all(
      begun.map(({ ticket, options }, at) => {
        const answer = createAuthenticator().create(options, siteOf(app))
        return browsers[at]!.post(passkeyPaths.passkeys, { ticket, answer })
      }),
    )
    expect(answers.map(said).sort()).toEqual(['409 auth.too_many_passkeys', '409 auth.too_many_passkeys', 'done'])
    expect(await db.$count(passkey, eq(passkey.userId, userId))).toBe(20)
  })
})

describe('the ticket of a registration', () => {
  it('is good once, also for many at once', async () => {
    const { browser, userId } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const authenticator = createAuthenticator()
    const answers = await Promise.all(
      Array.from({ length: 4 }, () =>
        browser.post(passkeyPaths.passkeys, { ticket, answer: authenticator.create(options, siteOf(app)) }),
      ),
    )
    expect(answers.map(said).filter((one) => one !== '400 auth.challenge_invalid')).toEqual(['done'])
    expect(await app.contextFor('auth').db.$count(passkey, eq(passkey.userId, userId))).toBe(1)
  })

  it('is good in its session and its browser only', async () => {
    const { browser, email } = await newPerson(app)
    const { ticket, options } = await startRegistration(browser)
    const answer = createAuthenticator().create(options, siteOf(app))
    const another = browserAt(app)
    await another.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    expect(said(await another.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('400 auth.challenge_invalid')
    // The same session, in a browser that has not begun it.
    const kept = browser.cookies.get('lightpress_browser')!
    browser.cookies.delete('lightpress_browser')
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('400 auth.challenge_invalid')
    // Another session, in the browser that has.
    another.cookies.set('lightpress_browser', kept)
    expect(said(await another.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('400 auth.challenge_invalid')
    browser.cookies.set('lightpress_browser', kept)
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket, answer }))).toBe('done')
  })

  it('is worth nothing after five minutes', async () => {
    const { browser, userId } = await newPerson(app)
    const { ticket: token, options } = await startRegistration(browser)
    const { db } = app.contextFor('auth')
    const [row] = await db.select().from(ticket).where(eq(ticket.userId, userId))
    expect(Math.round((row!.expiresAt.getTime() - row!.createdAt.getTime()) / 1_000)).toBe(300)
    await db
      .update(ticket)
      .set({ expiresAt: sql`now()` })
      .where(eq(ticket.userId, userId))
    const answer = createAuthenticator().create(options, siteOf(app))
    expect(said(await browser.post(passkeyPaths.passkeys, { ticket: token, answer }))).toBe(
      '400 auth.challenge_invalid',
    )
  })
})
