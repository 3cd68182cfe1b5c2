import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { and, eq, isNull } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, linkedSignIn, lockout, passkey, session, ticket } from '../src/schema.ts'
import { beginSignIn, createGuarded, factorPaths } from './factor-support.ts'
import { askForMagicLink, askForReset, followMagicLink } from './links.ts'
import {
  DAY,
  isInvalidLink,
  isInvalidChallenge,
  isNotPossible,
  challengeOf,
  challengeByProvider,
  requestRecovery,
  completeRecovery,
  cancelRecovery,
  pass,
  createDue,
  factorsOf,
  entriesOf,
  alertsOf,
} from './recovery-support.ts'
import { refreshBy } from './session-support.ts'
import { createBrowser, password, signUp, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  await ctx().db.delete(allowance)
  await ctx().db.delete(lockout)
})

const ctx = () => app.contextFor('auth') as unknown as AuthContext
const another = 'four quiet lanterns drift'
const newBrowser = () => createBrowser(app.baseUrl)

describe('a recovery that is due', () => {
  it('completed takes every second factor away, ends every session and opens none', async () => {
    const { user, email, completeToken, refreshToken } = await createDue(app)
    const { db } = ctx()
    await db.insert(passkey).values({
      id: newId(),
      userId: user.id,
      name: 'A key',
      credentialId: newId(),
      publicKey: 'key',
      signatureCount: 0,
      transports: [],
      synced: false,
    })
    await db.insert(linkedSignIn).values({
      id: newId(),
      userId: user.id,
      provider: 'provider',
      issuer: 'https://provider.example',
      subject: user.id,
    })
    const [challenge, idle] = [await challengeOf(app, email), await challengeOf(app, email)]
    const browser = newBrowser()
    const { status, body } = await completeRecovery(app, completeToken, challenge, browser)
    expect({ status, body }).toEqual({ status: 200, body: { status: 'factors_removed' } })
    expect(browser.cookies.size).toBe(0)
    expect(await factorsOf(app, user.id)).toEqual({ apps: 0, passkeys: 0, codes: 0 })
    expect(await db.$count(linkedSignIn, eq(linkedSignIn.userId, user.id))).toBe(1)
    expect(await db.$count(session, and(eq(session.userId, user.id), isNull(session.endedAt)))).toBe(0)
    expect((await refreshBy(app, refreshToken)).status).toBe(401)
    expect(await requestRecovery(app, idle)).toMatchObject(isInvalidChallenge)
    expect(await entriesOf(app, user.id, 'recovery_completed')).toHaveLength(1)
    expect(await alertsOf(app, user.id)).toContain('recovery_completed')
    const signedIn = await newBrowser().post(factorPaths.signIn, { email, password })
    expect(signedIn).toMatchObject({ status: 200, body: { accessToken: expect.any(String) as string } })
  })

  it('is not completed by a linked provider', async () => {
    const { user, completeToken } = await createDue(app)
    const challenge = await challengeByProvider(app, user.id)
    expect(await completeRecovery(app, completeToken, challenge)).toMatchObject(isNotPossible)
    expect((await factorsOf(app, user.id)).apps).toBe(1)
  })

  it('is not completed by the mailbox alone', async () => {
    const { user, email, completeToken } = await createDue(app)
    const browser = newBrowser()
    const { token } = await askForMagicLink(app, email, browser)
    const { challenge } = (await followMagicLink(token, browser)).body
    expect(await completeRecovery(app, completeToken, challenge, browser)).toMatchObject(isNotPossible)
    expect((await factorsOf(app, user.id)).apps).toBe(1)
  })

  it('is not completed by the password alone, nor by a link of another kind', async () => {
    const { user, email, row, cancelToken, completeToken } = await createDue(app)
    const stranger = await createDue(app)
    const reset = await askForReset(app, email)
    const registration = await signUp(app, newBrowser())
    const challenge = await challengeOf(app, email)
    const mac = completeToken.split('.')[1]!
    const forged = ['', 'nonsense', row.id, `${row.id}.${'A'.repeat(43)}`, `${stranger.row.id}.${mac}`, challenge]
    for (const wrong of [...forged, cancelToken, reset.token, registration.token, stranger.completeToken])
      expect(await completeRecovery(app, wrong, challenge)).toMatchObject(isInvalidLink)
    expect((await factorsOf(app, user.id)).apps).toBe(1)
    // The other way round: the link to complete cancels nothing and resets nothing.
    expect(await cancelRecovery(app, completeToken)).toMatchObject(isInvalidLink)
    const words = { token: completeToken, password: another }
    expect(await newBrowser().post('/v1/auth/password/reset', words)).toMatchObject(isInvalidLink)
    expect((await completeRecovery(app, completeToken, challenge)).status).toBe(200)
  })

  it('is not completed by a challenge of somebody else, of another browser, used up or too old', async () => {
    const { user, email, completeToken } = await createDue(app)
    const { email: theirs } = await createGuarded(app)
    expect(await completeRecovery(app, completeToken, await challengeOf(app, theirs))).toMatchObject(isInvalidLink)
    const cookie = await beginSignIn(newBrowser(), email, { mode: 'cookie' })
    expect(await completeRecovery(app, completeToken, cookie.body.challenge)).toMatchObject(isInvalidChallenge)
    const late = await challengeOf(app, email)
    await ctx().db.update(ticket).set({ expiresAt: new Date() }).where(eq(ticket.userId, user.id))
    expect(await completeRecovery(app, completeToken, late)).toMatchObject(isInvalidChallenge)
    expect((await factorsOf(app, user.id)).apps).toBe(1)
  })

  it('is completed neither too early nor too late', async () => {
    const { user, email, completeToken } = await createDue(app)
    await pass(app, user.id, -60_000)
    expect(await completeRecovery(app, completeToken, await challengeOf(app, email))).toMatchObject(isInvalidLink)
    await pass(app, user.id, 60_000 + 7 * DAY)
    expect(await completeRecovery(app, completeToken, await challengeOf(app, email))).toMatchObject(isInvalidLink)
    expect((await factorsOf(app, user.id)).apps).toBe(1)
    await pass(app, user.id, -60_000)
    expect((await completeRecovery(app, completeToken, await challengeOf(app, email))).status).toBe(200)
  })

  it('is completed once of ten times at once', async () => {
    const { user, email, completeToken } = await createDue(app)
    const challenges = [await challengeOf(app, email), await challengeOf(app, email)]
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => completeRecovery(app, completeToken, challenges[n % 2] as string)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of answers.filter(({ status }) => status !== 200)) expect(status).toBe(400)
    expect(await entriesOf(app, user.id, 'recovery_completed')).toHaveLength(1)
    const [own] = await ctx().db.select().from(account).where(eq(account.userId, user.id))
    expect(own?.sessionVersion).toBe(1)
  })

  it('is completed or given up, and never both', async () => {
    const { user, email, completeToken, cancelToken } = await createDue(app)
    const challenge = await challengeOf(app, email)
    const [completed, cancelled] = await Promise.all([
      completeRecovery(app, completeToken, challenge),
      cancelRecovery(app, cancelToken),
    ])
    const won = completed.status === 200
    expect([completed.status, cancelled.status]).toEqual(won ? [200, 400] : [400, 200])
    expect((await factorsOf(app, user.id)).apps).toBe(won ? 0 : 1)
    expect(await entriesOf(app, user.id, won ? 'recovery_cancelled' : 'recovery_completed')).toEqual([])
  })
})
