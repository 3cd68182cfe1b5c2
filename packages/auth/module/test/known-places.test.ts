import { newId } from '@lightpress/kernel'
import { emailKey } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { account, refreshToken, session } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { paths, sessionOf } from './session-support.ts'
import { bearer, createBrowser, newEmail, password, signUp, start, type Browser, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start({ TRUSTED_PROXIES: '127.0.0.1' })
})
afterAll(() => app.close())

const context = () => app.contextFor('auth') as unknown as AuthContext
const modes = ['cookie', 'token'] as const
type Mode = (typeof modes)[number]

const home = { ip: '2001:db8:0:1::1', agent: 'one/1.0' }

function from({ ip, agent }: typeof home): Browser {
  return createBrowser(app.baseUrl, { through: { 'x-forwarded-for': ip, 'user-agent': agent } })
}

/** Somebody who signed up at home. */
async function createPerson(mode: Mode) {
  const browser = from(home)
  const { email, token } = await signUp(app, browser)
  const { status, body } = await browser.post('/v1/auth/email/verify', { token, mode })
  expect(status).toBe(200)
  return { email, browser, userId: body.user.id, refreshToken: body.refreshToken }
}

async function signIn(email: string, mode: Mode, browser: Browser) {
  const { status, body } = await browser.post(paths.signIn, { email, password, mode })
  expect(status).toBe(200)
  return body
}

async function alertsOf(userId: string) {
  const rows = await app.outbox()
  return rows.filter(
    ({ type, payload }) => type === 'auth.security.alerted.v1' && (payload as { userId: string }).userId === userId,
  ).length
}

describe.each(modes)('signing in (%s)', (mode) => {
  it('right after the sign-up, where that was, is nothing to tell', async () => {
    const { email, browser, userId } = await createPerson(mode)
    await signIn(email, mode, browser)
    await signIn(email, mode, from(home))
    expect(await alertsOf(userId)).toBe(0)
  })

  it.each([
    ['another network', { ip: '2001:db8:0:2::1' }, 1],
    ['another program', { agent: 'two/1.0' }, 1],
    ['another address of the network', { ip: '2001:db8:0:1:ffff::9' }, 0],
  ])('from %s', async (_, other, alerts) => {
    const { email, userId } = await createPerson('token')
    await signIn(email, mode, from({ ...home, ...other }))
    expect(await alertsOf(userId)).toBe(alerts)
    await signIn(email, mode, from({ ...home, ...other }))
    expect(await alertsOf(userId)).toBe(alerts)
  })

  it('from where a session was that is over is nothing to tell', async () => {
    const { email, userId } = await createPerson('token')
    const { accessToken } = await signIn(email, 'token', from(home))
    await from(home).delete(paths.sessions, bearer(accessToken!))
    await signIn(email, mode, from(home))
    expect(await alertsOf(userId)).toBe(0)
  })

  it('after so long that no session is remembered is told, also where somebody signed in before', async () => {
    const { email, userId, refreshToken: token } = await createPerson('token')
    const { id } = await sessionOf(app, token!)
    await context()
      .db.update(refreshToken)
      .set({ expiresAt: new Date(0) })
      .where(eq(refreshToken.sessionId, id))
    await sweep(context())
    expect(await context().db.$count(session, eq(session.userId, userId))).toBe(0)
    await signIn(email, mode, from(home))
    expect(await alertsOf(userId)).toBe(1)
  })

  it('of an account that has never had a session is told', async () => {
    const [email, userId] = [newEmail(), newId()]
    const passwordHash = await context().passwords.hash(password)
    await context()
      .db.insert(account)
      .values({ userId, email, emailKey: emailKey(email), passwordHash })
    app.users.createUser({ userId, email, name: 'Ada', locale: 'en' })
    await signIn(email, mode, from(home))
    expect(await alertsOf(userId)).toBe(1)
  })

  it('with a wrong password is told to nobody', async () => {
    const { email, userId } = await createPerson('token')
    const elsewhere = from({ ip: '192.0.2.7', agent: 'three/1.0' })
    expect((await elsewhere.post(paths.signIn, { email, password: 'wrong', mode })).status).toBe(401)
    expect(await alertsOf(userId)).toBe(0)
  })
})

it('a browser that was signed in to the account before is known wherever it goes', async () => {
  const { email, browser, userId } = await createPerson('cookie')
  const travelling = from({ ip: '198.51.100.9', agent: 'one/2.0' })
  for (const [name, value] of browser.cookies) travelling.cookies.set(name, value)
  await signIn(email, 'cookie', travelling)
  expect(await alertsOf(userId)).toBe(0)
  await signIn(email, 'token', from({ ip: '203.0.113.9', agent: 'thief/1.0' }))
  expect(await alertsOf(userId)).toBe(1)
})
