import type { RunningModule } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEntry, session, ticket } from '../src/schema.ts'
import { createAuthenticator, type Twist } from './authenticator.ts'
import {
  addPasskey,
  beginSignIn,
  newPerson,
  newPersonWithPasskey,
  passkeyPaths,
  said,
  siteOf,
  startStepUp,
  startVerification,
} from './passkey-support.ts'
import { start, type Browser, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

type Person = Awaited<ReturnType<typeof newPersonWithPasskey>>

/** An hour passes since the person proved who they are. */
async function letTimePass({ browser, userId }: Person) {
  const { db } = app.contextFor('auth')
  await db
    .update(session)
    .set({ authenticatedAt: sql`now() - interval '1 hour'` })
    .where(eq(session.userId, userId))
  await browser.post('/v1/auth/token/refresh')
}

function mayChangeEmail(browser: Browser) {
  return browser.post('/v1/auth/passkeys/registration')
}

async function proofOf({ authenticator, browser }: Person, twist?: Twist) {
  const { ticket, options } = await startStepUp(browser)
  return { kind: 'passkey', ticket, answer: authenticator.get(options, siteOf(app), twist) }
}

describe('a step-up by passkey', () => {
  it('opens what asks for a recent proof, and is written down', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ verifiesUser: false }))
    await letTimePass(person)
    expect(said(await mayChangeEmail(person.browser))).toBe('403 request.step_up_required')
    const answer = await person.browser.post(passkeyPaths.stepUp, { proof: await proofOf(person) })
    expect(said(answer)).toBe('done')
    expect(said(await mayChangeEmail(person.browser))).toBe('done')
    const { db } = app.contextFor('auth')
    const entry = and(eq(auditEntry.userId, person.userId), eq(auditEntry.action, 'stepped_up'))
    expect(await db.select().from(auditEntry).where(entry)).toMatchObject([{ factor: 'passkey' }])
  })

  it('asks for the person’s own passkeys, and nothing of whoever has none', async () => {
    const { browser, authenticator } = await newPersonWithPasskey(app)
    const { options } = await startStepUp(browser)
    const own = authenticator.credentials.map(({ id }) => ({ id }))
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'preferred', allowCredentials: own })
    const without = await newPerson(app)
    expect(said(await without.browser.post(passkeyPaths.startStepUp))).toBe('400 auth.passkey_refused')
  })

  const twists: Record<string, Twist> = {
    'of another site': { origin: 'https://evil.example' },
    'for another relying party': { rpId: 'evil.example' },
    'for another challenge': { challenge: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
    'that nobody touched': { userPresent: false },
    'signed with another key': { forged: true },
    'with a count of before': { count: 0 },
  }
  it.each(Object.entries(twists))('refuses an answer %s', async (_, twist) => {
    const person = await newPersonWithPasskey(app)
    const first = { proof: await proofOf(person) }
    expect(said(await person.browser.post(passkeyPaths.stepUp, first))).toBe('done')
    await letTimePass(person)
    const proof = await proofOf(person, twist)
    expect(said(await person.browser.post(passkeyPaths.stepUp, { proof }))).toBe('400 auth.passkey_refused')
    expect(said(await mayChangeEmail(person.browser))).toBe('403 request.step_up_required')
  })

  it('takes a ticket once, also when many come at once', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const proof = await proofOf(person)
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => person.browser.post(passkeyPaths.stepUp, { proof })),
    )
    const [done, ...refused] = answers.map(said).sort().reverse()
    expect(done).toBe('done')
    // Whoever comes when the first is through has another session by then, and asks with the one that was replaced.
    for (const answer of refused) expect(answer).toMatch(/^(400 auth\.challenge_invalid|401 .+)$/)
    expect(refused).toHaveLength(3)
  })

  it('takes no ticket of another session, person or purpose, and none that is too old', async () => {
    const person = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const other = await newPersonWithPasskey(app, createAuthenticator({ synced: true }))
    const { browser, challenge } = await beginSignIn(app, person.email)
    const half = await startVerification(browser, challenge)
    const answer = person.authenticator.get(half.options, siteOf(app))
    await browser.post(passkeyPaths.verify, { challenge, ticket: half.ticket, answer })

    const proof = await proofOf(person)
    for (const elsewhere of [browser, other.browser])
      expect(said(await elsewhere.post(passkeyPaths.stepUp, { proof }))).toBe('400 auth.challenge_invalid')
    const again = await beginSignIn(app, person.email, person.browser)
    const { ticket: forSignIn } = await startVerification(person.browser, again.challenge)
    const crossed = { proof: { ...proof, ticket: forSignIn } }
    expect(said(await person.browser.post(passkeyPaths.stepUp, crossed))).toBe('400 auth.challenge_invalid')
    const { db } = app.contextFor('auth')
    await db
      .update(ticket)
      .set({ expiresAt: sql`now()` })
      .where(eq(ticket.userId, person.userId))
    expect(said(await person.browser.post(passkeyPaths.stepUp, { proof }))).toBe('400 auth.challenge_invalid')
  })

  it('refuses somebody else’s passkey', async () => {
    const [owner, thief] = [await newPersonWithPasskey(app), await newPersonWithPasskey(app)]
    const { ticket, options } = await startStepUp(owner.browser)
    const answer = thief.authenticator.get({ ...options, allowCredentials: [] }, siteOf(app))
    const stolen = await owner.browser.post(passkeyPaths.stepUp, { proof: { kind: 'passkey', ticket, answer } })
    expect(said(stolen)).toBe('400 auth.passkey_refused')
  })

  it('takes any passkey that the person has', async () => {
    const person = await newPersonWithPasskey(app)
    const second = createAuthenticator()
    await addPasskey(app, person.browser, second)
    const { ticket, options } = await startStepUp(person.browser)
    const answer = second.get(options, siteOf(app))
    const proof = { kind: 'passkey', ticket, answer }
    expect(said(await person.browser.post(passkeyPaths.stepUp, { proof }))).toBe('done')
  })
})
