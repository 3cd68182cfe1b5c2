import { until, type RunningModule } from '@lightpress/testing'
import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { auditEntry, session } from '../src/schema.ts'
import { createAuthenticator } from './authenticator.ts'
import { addTotp, beginSignIn, codeOf, endSignIn, factorPaths, forgetUse } from './factor-support.ts'
import { addPasskey, browserAt } from './passkey-support.ts'
import { paths, refreshBy, seamSays } from './session-support.ts'
import { bearer, createAccount, createBrowser, password, start } from './support.ts'

let app: RunningModule
beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

const context = () => app.contextFor('auth') as unknown as AuthContext

/** A session that somebody opens with the password alone. */
async function signInAsThief(email: string) {
  const { body } = await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
  return { accessToken: body.accessToken!, refreshToken: body.refreshToken! }
}

function openSessionsOf(userId: string) {
  return context().db.$count(session, and(eq(session.userId, userId), isNull(session.endedAt)))
}

function entriesOf(userId: string) {
  const ended = and(eq(auditEntry.userId, userId), eq(auditEntry.action, 'sessions_ended'))
  return context().db.select().from(auditEntry).where(ended)
}

/** A browser of the person, which has just signed in. */
async function ownBrowser(email: string) {
  const browser = browserAt(app)
  await browser.post(paths.signIn, { email, password, mode: 'cookie' })
  return browser
}

describe('the first second factor', () => {
  it.each(['an authenticator app', 'a passkey'])('ends every other session when it is %s', async (kind) => {
    const { email, user, accessToken } = await createAccount(app)
    const thief = await signInAsThief(email)
    if (kind === 'a passkey') await addPasskey(app, await ownBrowser(email), createAuthenticator())
    else await addTotp(app, accessToken)
    expect(await openSessionsOf(user.id)).toBe(1)
    expect(await entriesOf(user.id)).toMatchObject([{ actorId: user.id }])
    expect(await refreshBy(app, thief.refreshToken)).toMatchObject({ status: 401 })
    await until(
      () => seamSays(app, thief.accessToken),
      (says) => says === 'request.session_ended',
      { timeout: 5_000 },
    )
  })

  it('keeps the session in which it was added', async () => {
    const { accessToken, refreshToken } = await createAccount(app)
    await addTotp(app, accessToken)
    expect(await seamSays(app, accessToken)).toBe('accepted')
    expect((await refreshBy(app, refreshToken)).status).toBe(200)
  })

  it('is asked of a sign-in that proved its password before', async () => {
    const { email, accessToken, user } = await createAccount(app)
    const { matches } = context().passwords
    vi.spyOn(context().passwords, 'matches').mockImplementationOnce(async (...args) => {
      const isRight = await matches(...args)
      await addTotp(app, accessToken)
      return isRight
    })
    const { body } = await beginSignIn(createBrowser(app.baseUrl), email)
    expect(body).toMatchObject({ mfaRequired: true, factors: ['totp', 'recovery_code'] })
    expect(await openSessionsOf(user.id)).toBe(1)
  })

  it('writes nothing down where there was no other session', async () => {
    const { accessToken, user } = await createAccount(app)
    await addTotp(app, accessToken)
    expect(await entriesOf(user.id)).toEqual([])
  })
})

it('another app, or a passkey beside it, ends no session', async () => {
  const { email, accessToken, user } = await createAccount(app)
  const { secret } = await addTotp(app, accessToken)
  await forgetUse(app, user.id)
  const browser = browserAt(app)
  const { challenge } = (await beginSignIn(browser, email, { mode: 'cookie' })).body
  expect((await endSignIn(browser, challenge, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
  await addPasskey(app, browser, createAuthenticator())
  await addTotp(app, accessToken)
  expect(await openSessionsOf(user.id)).toBe(2)
  expect(await entriesOf(user.id)).toEqual([])
  const own = await createBrowser(app.baseUrl).get(factorPaths.credentials, bearer(accessToken))
  expect(own.status).toBe(200)
})
