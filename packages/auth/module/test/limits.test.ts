import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { guesses, links, mails, refreshes, tryTake } from '../src/limits.ts'
import { hashOf } from '../src/secrets.ts'
import { allowance, refreshToken } from '../src/schema.ts'
import {
  bearer,
  createAccount,
  createBrowser,
  newEmail,
  password,
  start,
  startAnother,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }
let other: Awaited<ReturnType<typeof startAnother>>

beforeAll(async () => {
  app = await start()
  other = await startAnother(app)
})
afterAll(async () => {
  await other.close()
  await app.close()
})

/** Takes what a subject, or the network of the tests, has of a limit. */
async function useUp(limit: Parameters<typeof tryTake>[0], subject = '127.0.0.1') {
  const ctx = app.contextFor('auth') as unknown as AuthContext
  const takeTen = () => Promise.all(Array.from({ length: 10 }, () => tryTake(limit, subject, ctx)))
  while ((await takeTen()).some(Boolean));
}

const link = 'x'.repeat(80)

describe('a network that has used up what it has in one process', () => {
  it.each([
    ['sign-in', guesses, '/v1/auth/sign-in', { email: newEmail(), password }],
    ['token/refresh', refreshes.network, '/v1/auth/token/refresh', { refreshToken: 'a' }],
    ['sign-up', mails.network, '/v1/auth/sign-up', { email: newEmail(), password, name: 'Ada' }],
    ['email/verification', mails.network, '/v1/auth/email/verification', { email: newEmail() }],
    ['password/forgot', mails.network, '/v1/auth/password/forgot', { email: newEmail() }],
    ['email/verify', links, '/v1/auth/email/verify', { token: link }],
    ['password/reset', links, '/v1/auth/password/reset', { token: link, password }],
    ['email/change/confirm', links, '/v1/auth/email/change/confirm', { token: link }],
  ])('has nothing left of %s in another, and hears when it has', async (_name, limit, path, body) => {
    await useUp(limit)
    // Some grows while the requests are under way.
    const ask = () => createBrowser(other.baseUrl).post(path, body)
    const answers = await Promise.all(Array.from({ length: 20 }, ask))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(5)
    for (const { body, headers } of refused) {
      expect(body.reason).toBe('auth.too_many_attempts')
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(limit.everySeconds + 1)
    }
  })
})

describe("strangers of the owner's network", () => {
  const refresh = (token: string) => createBrowser(app.baseUrl).post('/v1/auth/token/refresh', { refreshToken: token })

  it('who guess at whatever keep out neither a trusted device nor a session', async () => {
    const { email, accessToken } = await createAccountUnlimited()
    const owner = createBrowser(app.baseUrl)
    const signIn = (browser = owner) => browser.post('/v1/auth/sign-in', { email, password, mode: 'cookie' })
    expect((await signIn()).status).toBe(200)
    await useUp(guesses)
    expect((await signIn()).status).toBe(200)
    const wrong = { currentPassword: 'not this one', newPassword: 'four quiet lanterns drift' }
    const changed = await createBrowser(app.baseUrl).post('/v1/auth/password/change', wrong, bearer(accessToken))
    expect(changed.body.reason).toBe('auth.password_wrong')
    expect((await signIn(createBrowser(app.baseUrl))).status).toBe(429)
  })

  it('who present rubbish keep no session from being renewed', async () => {
    const { refreshToken } = await createAccountUnlimited()
    await useUp(refreshes.network)
    const rubbish = await Promise.all(Array.from({ length: 20 }, () => refresh('rubbish')))
    expect(rubbish.filter(({ status }) => status === 429).length).toBeGreaterThan(5)
    expect((await refresh(refreshToken)).status).toBe(200)
  })
})

describe('a session', () => {
  it('is renewed so often and no oftener, and leaves no more tokens', async () => {
    const { refreshToken: token } = await createAccountUnlimited()
    const { db } = app.contextFor('auth')
    const [own] = await db
      .select()
      .from(refreshToken)
      .where(eq(refreshToken.hash, hashOf(token)))
    await useUp(refreshes.session, own!.sessionId)
    const { status, body, headers } = await createBrowser(app.baseUrl).post('/v1/auth/token/refresh', {
      refreshToken: token,
    })
    expect({ status, reason: body.reason }).toEqual({ status: 429, reason: 'auth.too_many_attempts' })
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(10)
    expect(await db.$count(refreshToken, eq(refreshToken.sessionId, own!.sessionId))).toBe(1)
  })
})

describe('a password that is refused at sign-up', () => {
  it('is counted, and not looked at once the network has nothing left', async () => {
    await app.contextFor('auth').db.delete(allowance)
    const ask = () =>
      createBrowser(app.baseUrl).post('/v1/auth/sign-up', { email: newEmail(), password: 'password1234', name: 'Ada' })
    const answers = await Promise.all(Array.from({ length: 110 }, ask))
    const count = (wanted: number) => answers.filter(({ status }) => status === wanted).length
    expect(count(400) + count(429)).toBe(110)
    expect(count(400)).toBeGreaterThanOrEqual(mails.network.burst)
    expect(count(429)).toBeGreaterThan(5)
  })
})

/** The tests before have used up what their network has. */
async function createAccountUnlimited() {
  await app.contextFor('auth').db.delete(allowance)
  return createAccount(app)
}
