import type { RunningModule } from '@lightpress/testing'
import { eq, lt, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import {
  allowance,
  emailChange,
  lockout,
  passwordReset,
  refreshToken,
  registration,
  revocation,
  session,
} from '../src/schema.ts'
import { hashOf } from '../src/secrets.ts'
import { sweep } from '../src/sweep.ts'
import { askForReset, readChangeMails } from './links.ts'
import { bearer, createAccount, createBrowser, newEmail, signUp, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

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
  await ctx.db.update(lockout).set({ forgottenAt: past(0) })
  const living = await signOut()
  await signUp(app, browser, living.email)
  await guess(living.email)

  const count = async () => ({
    registrations: await ctx.db.$count(registration),
    refreshTokens: await ctx.db.$count(refreshToken),
    sessions: await ctx.db.$count(session),
    revocations: await ctx.db.$count(revocation),
    lockouts: await ctx.db.$count(lockout),
  })
  expect(await count()).toEqual({ registrations: 4, refreshTokens: 2, sessions: 2, revocations: 2, lockouts: 4 })
  await sweep(ctx)
  expect(await count()).toEqual({ registrations: 2, refreshTokens: 1, sessions: 1, revocations: 1, lockouts: 2 })
  expect(await ctx.db.$count(allowance)).toBeGreaterThan(0)
  expect(await ctx.db.$count(allowance, lt(allowance.freeAt, new Date()))).toBe(0)
  expect(await ctx.db.$count(refreshToken, eq(refreshToken.hash, hashOf(living.refreshToken)))).toBe(1)
  expect(await ctx.db.$count(session, eq(session.userId, living.user.id))).toBe(1)
  expect(await ctx.db.$count(registration, eq(registration.email, pending.email))).toBe(0)
})

it('the sweep deletes links to reset a password once they are too late, and changes of address a month later', async () => {
  const ctx = app.contextFor('auth') as unknown as AuthContext
  const dayAgo = (days: number) => new Date(Date.now() - days * 86_400_000)
  const changeOf = async (expiresAt?: Date) => {
    const { user, accessToken } = await createAccount(app)
    const asked = { email: newEmail() }
    await createBrowser(app.baseUrl).post('/v1/auth/email/change', asked, bearer(accessToken))
    const { row } = await readChangeMails(app, user.id)
    if (expiresAt) await ctx.db.update(emailChange).set({ expiresAt }).where(eq(emailChange.id, row.id))
    return row.id
  }
  const { row: late } = await askForReset(app, newEmail())
  await ctx.db
    .update(passwordReset)
    .set({ expiresAt: dayAgo(0) })
    .where(eq(passwordReset.id, late.id))
  const { row: waiting } = await askForReset(app, newEmail())
  await changeOf(dayAgo(31))
  const kept = [await changeOf(dayAgo(29)), await changeOf()]

  await sweep(ctx)
  const idsOf = async (table: typeof passwordReset | typeof emailChange) =>
    (await ctx.db.select({ id: table.id }).from(table)).map(({ id }) => id).sort()
  expect(await idsOf(passwordReset)).toEqual([waiting.id])
  expect(await idsOf(emailChange)).toEqual(kept.sort())
})

describe('a registration that failed after users was asked to make the person', () => {
  const ctx = () => app.contextFor('auth') as unknown as AuthContext
  const rowsOf = (emailKey: string) => ctx().db.select().from(registration).where(eq(registration.emailKey, emailKey))

  /** Users fails before or after it has made the person; then the time of the link passes. */
  async function failedRegistration({ made }: { made: boolean }) {
    const browser = createBrowser(app.baseUrl)
    const { email, token } = await signUp(app, browser)
    const { createUser } = app.users
    const failing = vi.spyOn(app.users, 'createUser').mockImplementation((input) => {
      if (made) createUser(input)
      throw new Error('The process ended')
    })
    expect((await browser.post('/v1/auth/email/verify', { token })).status).toBeGreaterThanOrEqual(500)
    failing.mockRestore()
    return { email, expire: (ago: string) => expire(email, ago) }
  }

  async function expire(email: string, ago: string) {
    const expiresAt = sql`now() - ${ago}::interval`
    await ctx().db.update(registration).set({ expiresAt }).where(eq(registration.emailKey, email))
  }

  it('keeps the id of a person that there is, and nothing of them but the address it is found by', async () => {
    const { email, expire } = await failedRegistration({ made: true })
    const [before] = await rowsOf(email)
    await sweep(ctx())
    expect(await rowsOf(email)).toEqual([before])

    await expire('2 hours')
    await sweep(ctx())
    await sweep(ctx())
    expect(await rowsOf(email)).toMatchObject([
      { userId: before!.userId, email: '', name: '', passwordHash: '', browserHash: '', settledAt: null },
    ])
    const again = createBrowser(app.baseUrl)
    const { token } = await signUp(app, again, email)
    const { status, body } = await again.post('/v1/auth/email/verify', { token })
    expect(status).toBe(200)
    expect(body.user).toMatchObject({ id: before!.userId, email })
  })

  it('is forgotten where there is nobody, but not while users may still be at it; then the address is free', async () => {
    const { email, expire } = await failedRegistration({ made: false })
    await expire('59 minutes')
    await sweep(ctx())
    expect(await rowsOf(email)).toHaveLength(1)

    const { user, accessToken } = await createAccount(app)
    await createBrowser(app.baseUrl).post('/v1/auth/email/change', { email }, bearer(accessToken))
    const links = await readChangeMails(app, user.id)
    await expire('61 minutes')
    await sweep(ctx())
    expect(await rowsOf(email)).toEqual([])
    const confirm = (token: string) =>
      createBrowser(app.baseUrl).post<{ status: string }>('/v1/auth/email/change/confirm', { token })
    await confirm(links.old)
    expect((await confirm(links.new)).body.status).toBe('changed')
  })
})
