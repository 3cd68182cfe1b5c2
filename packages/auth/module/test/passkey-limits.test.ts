import type { RunningModule } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { begun, passkeys, tryTake } from '../src/limits.ts'
import { allowance, ticket } from '../src/schema.ts'
import { createAuthenticator } from './authenticator.ts'
import { factorPaths } from './factor-support.ts'
import {
  addPasskey,
  beginSignIn,
  browserAt,
  newPerson,
  newPersonWithPasskey,
  passkeyPaths,
  said,
  siteOf,
  startRegistration,
  startSignIn,
  startStepUp,
  startVerification,
} from './passkey-support.ts'
import { password, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(() => context().db.delete(allowance))

function context() {
  return app.contextFor('auth') as unknown as AuthContext
}

/** Takes what a subject, or the network of the tests, has of a limit. */
async function useUp(limit: typeof passkeys | typeof begun, subject = '127.0.0.1') {
  const takeTen = () => Promise.all(Array.from({ length: 10 }, () => tryTake(limit, subject, context())))
  while ((await takeTen()).some(Boolean));
  await holdBack()
}

/** What was used up comes back with time, one by one: on a slow machine before the test has asked. Now not for a minute. */
function holdBack() {
  return context()
    .db.update(allowance)
    .set({ freeAt: sql`${allowance.freeAt} + interval '1 minute'` })
}

const refused = '429 auth.too_many_attempts'

describe('strangers who have used up what their network has of passkeys', () => {
  it('get no other page to sign in with one, and no other guess', async () => {
    const { authenticator } = await newPersonWithPasskey(app)
    const browser = browserAt(app)
    const { ticket, options } = await startSignIn(browser)
    const answer = authenticator.get({ ...options, challenge: 'another' }, siteOf(app))
    await useUp(passkeys)
    expect(said(await browserAt(app).post(passkeyPaths.startSignIn))).toBe(refused)
    expect(said(await browser.post(passkeyPaths.signIn, { ticket, answer }))).toBe(refused)
    const used = { ticket: 'x'.repeat(ticket.length), answer }
    expect(said(await browser.post(passkeyPaths.signIn, used))).toBe(refused)
  })

  it('keep nobody behind the same address from theirs, alone or after a password', async () => {
    const { authenticator, email } = await newPersonWithPasskey(app)
    const alone = browserAt(app)
    const asked = await startSignIn(alone)
    await useUp(passkeys)
    const answer = authenticator.get(asked.options, siteOf(app))
    expect(said(await alone.post(passkeyPaths.signIn, { ticket: asked.ticket, answer }))).toBe('done')

    const { browser, challenge } = await beginSignIn(app, email)
    const { ticket, options } = await startVerification(browser, challenge)
    const input = { challenge, ticket, answer: authenticator.get(options, siteOf(app)) }
    expect(said(await browser.post(passkeyPaths.verify, input))).toBe('done')
  })
})

describe('what somebody begins', () => {
  const openIn = (userId: string, purpose: 'passkey-registration' | 'passkey-step-up') =>
    context().db.$count(ticket, and(eq(ticket.userId, userId), eq(ticket.purpose, purpose)))

  it('takes the place of what they began in the same session, and of nothing else', async () => {
    const { browser, email, userId } = await newPerson(app)
    const elsewhere = browserAt(app)
    await elsewhere.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    await startRegistration(elsewhere)
    const first = await startRegistration(browser)
    const last = await startRegistration(browser)
    expect(await openIn(userId, 'passkey-registration')).toBe(2)
    const add = (asked: typeof first) =>
      browser.post(passkeyPaths.passkeys, {
        ticket: asked.ticket,
        answer: createAuthenticator().create(asked.options, siteOf(app)),
      })
    expect(said(await add(first))).toBe('400 auth.challenge_invalid')
    expect(said(await add(last))).toBe('done')
  })

  it('is one step-up at a time', async () => {
    const { browser, authenticator, userId } = await newPersonWithPasskey(app)
    const prove = ({ ticket, options }: Awaited<ReturnType<typeof startStepUp>>) =>
      browser.post(passkeyPaths.stepUp, {
        proof: { kind: 'passkey', ticket, answer: authenticator.get(options, siteOf(app)) },
      })
    const asked = await Promise.all([startStepUp(browser), startStepUp(browser), startStepUp(browser)])
    expect(await openIn(userId, 'passkey-step-up')).toBe(1)
    const last = await startStepUp(browser)
    for (const one of asked) expect(said(await prove(one))).toBe('400 auth.challenge_invalid')
    expect(said(await prove(last))).toBe('done')
  })

  it('is limited, account by account and sign-in by sign-in', async () => {
    const { browser, userId, email } = await newPerson(app)
    await useUp(begun, userId)
    expect(said(await browser.post(passkeyPaths.startRegistration))).toBe(refused)
    expect(said(await browser.post(factorPaths.enroll))).toBe(refused)
    await context().db.delete(allowance)
    await addPasskey(app, browser, createAuthenticator())

    const [one, other] = [await beginSignIn(app, email), await beginSignIn(app, email)]
    for (let times = 0; times < begun.burst; times++) await startVerification(one.browser, one.challenge)
    await holdBack()
    const { challenge } = one
    expect(said(await one.browser.post(passkeyPaths.startVerification, { challenge }))).toBe(refused)
    await startVerification(other.browser, other.challenge)
  })
})
