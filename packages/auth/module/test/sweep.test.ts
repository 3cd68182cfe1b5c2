import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { allowance, refreshToken, registration, revocation, session } from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { sweep } from '../src/sweep.ts'
import { bearer, createAccount, createBrowser, signUp, start } from './support.ts'

let app: RunningModule

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())

it('the sweep deletes what has no effect any more, and nothing that has', async () => {
  const ctx = app.contextFor('auth') as unknown as AuthContext
  const browser = createBrowser(app.baseUrl)
  const signOut = async () => {
    const account = await createAccount(app)
    await browser.post('/v1/auth/sign-out', {}, bearer(account.accessToken))
    return account
  }
  const guess = (email: string) => browser.post('/v1/auth/sign-in', { email, password: 'wrong' })
  const past = (days: number) => new Date(Date.now() - days * 86_400_000)

  const old = await signOut()
  const pending = await signUp(app, browser)
  await guess(old.email)
  await ctx.db.update(registration).set({ expiresAt: past(0) })
  await ctx.db.update(refreshToken).set({ expiresAt: past(0) })
  await ctx.db.update(revocation).set({ createdAt: past(2) })
  await ctx.db.update(allowance).set({ freeAt: past(0) })
  const living = await signOut()
  await signUp(app, browser, living.email)
  await guess(living.email)

  const count = async () => ({
    registrations: await ctx.db.$count(registration),
    refreshTokens: await ctx.db.$count(refreshToken),
    sessions: await ctx.db.$count(session),
    revocations: await ctx.db.$count(revocation),
  })
  expect(await count()).toEqual({ registrations: 4, refreshTokens: 2, sessions: 2, revocations: 2 })
  await sweep(ctx)
  expect(await count()).toEqual({ registrations: 2, refreshTokens: 1, sessions: 1, revocations: 1 })
  expect(await ctx.db.$count(allowance)).toBe(5)
  expect(await ctx.db.$count(refreshToken, eq(refreshToken.hash, hashOf(living.refreshToken)))).toBe(1)
  expect(await ctx.db.$count(session, eq(session.userId, living.user.id))).toBe(1)
  expect(await ctx.db.$count(registration, eq(registration.email, pending.email))).toBe(0)
})
