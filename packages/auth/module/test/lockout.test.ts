import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { and, desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { allowance, auditEntry, lockout, passwordReset, session } from '../src/schema.ts'
import { askForReset } from './links.ts'
import { paths } from './session-support.ts'
import {
  createAccount,
  createBrowser,
  newEmail,
  password,
  registrationsOf,
  start,
  startAnother,
  type FakeUsers,
} from './support.ts'

const another = 'four quiet lanterns drift'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start({ TRUSTED_PROXIES: '127.0.0.1' })
})
afterAll(() => app.close())

/** An address in a network of its own. */
let networks = 0
const newNetwork = () => `2001:db8:${(++networks).toString(16)}::1`

/** Somebody in a network, with whatever cookies they were given. */
function createCaller(ip = newNetwork()) {
  const browser = createBrowser(app.baseUrl)
  const signIn = (email: string, guess: string) =>
    browser.post(paths.signIn, { email, password: guess, mode: 'cookie' }, { 'x-forwarded-for': ip })
  return { browser, signIn }
}

/** For the locks, and for the limits. */
async function pass(minutes: number) {
  const { db } = app.contextFor('auth')
  const later = sql`${minutes}::int * interval '1 minute'`
  await db.update(lockout).set({
    lockedUntil: sql`${lockout.lockedUntil} - ${later}`,
    forgottenAt: sql`${lockout.forgottenAt} - ${later}`,
  })
  await db.update(allowance).set({ freeAt: sql`${allowance.freeAt} - ${later}` })
}

async function guessWrong(caller: ReturnType<typeof createCaller>, email: string, times: number) {
  for (let time = 0; time < times; time++) expect((await caller.signIn(email, `wrong ${time}`)).status).toBe(401)
}

/** A hundred wrong guesses from ten networks. */
async function besiege(email: string) {
  await Promise.all(Array.from({ length: 10 }, () => guessWrong(createCaller(), email, 10)))
}

describe('wrong guesses from one network', () => {
  it('lock it out for longer and longer, and a quarter of an hour at most', async () => {
    const { email } = await createAccount(app)
    const caller = createCaller()
    await guessWrong(caller, email, 10)
    for (const minutes of [1, 2, 4, 8, 15, 15]) {
      const { status, headers } = await caller.signIn(email, password)
      expect(status).toBe(429)
      const seconds = Number(headers.get('retry-after'))
      expect(seconds).toBeGreaterThan(minutes * 60 - 10)
      expect(seconds).toBeLessThanOrEqual(minutes * 60)
      await pass(minutes)
      await guessWrong(caller, email, 1)
    }
  })

  it('are not looked at while it is locked, and do not lock it for longer', async () => {
    const { email } = await createAccount(app)
    const caller = createCaller()
    await guessWrong(caller, email, 10)
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const looking = vi.spyOn(passwords, 'matches')
    for (let time = 0; time < 5; time++) expect((await caller.signIn(email, password)).status).toBe(429)
    expect(looking).not.toHaveBeenCalled()
    looking.mockRestore()
    await pass(1)
    expect((await caller.signIn(email, password)).status).toBe(200)
  })

  it('are looked at ten times when fifty come at once', async () => {
    const { email } = await createAccount(app)
    const caller = createCaller()
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const looking = vi.spyOn(passwords, 'matches')
    const answers = await Promise.all(Array.from({ length: 50 }, () => caller.signIn(email, 'wrong')))
    expect(looking).toHaveBeenCalledTimes(10)
    looking.mockRestore()
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40)
  })

  it('lock nobody else, and are forgotten when one is right or after a day', async () => {
    const { email } = await createAccount(app)
    const caller = createCaller('2001:db8:ffff:1::1')
    await guessWrong(caller, email, 9)
    expect((await caller.signIn(email, password)).status).toBe(200)
    const stranger = createCaller('2001:db8:ffff:1:abcd::2')
    await guessWrong(stranger, email, 10)
    expect((await stranger.signIn(email, password)).status).toBe(429)
    expect((await createCaller('2001:db8:ffff:2::1').signIn(email, password)).status).toBe(200)
    await pass(24 * 60)
    await guessWrong(stranger, email, 10)
  })

  it('hold in another process', async () => {
    const { email } = await createAccount(app)
    const other = await startAnother(app)
    try {
      const [here, there] = [createBrowser(app.baseUrl), createBrowser(other.baseUrl)]
      const answers = []
      for (let time = 0; time < 12; time++)
        answers.push((await (time % 2 ? here : there).post(paths.signIn, { email, password: 'wrong' })).status)
      expect(answers).toEqual([...Array<number>(10).fill(401), 429, 429])
    } finally {
      await other.close()
    }
  })
})

describe('wrong guesses from everywhere', () => {
  it('lock all strangers out, and never the browser that the owner was signed in to before', async () => {
    const { email } = await createAccount(app)
    const owner = createCaller()
    expect((await owner.signIn(email, password)).status).toBe(200)
    await besiege(email)
    expect((await createCaller().signIn(email, password)).status).toBe(429)
    expect((await owner.signIn(email, password)).status).toBe(200)
    await pass(1)
    expect((await createCaller().signIn(email, password)).status).toBe(200)
  })

  it('lock an address alike that nobody has', async () => {
    const email = newEmail()
    await besiege(email)
    const { status, body, headers } = await createCaller().signIn(email, password)
    expect({ status, reason: body.reason }).toEqual({ status: 429, reason: 'auth.too_many_attempts' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('a siege by strangers of many networks', { timeout: 120_000 }, () => {
  /** Two hundred requests, each from a network of its own. */
  async function siege(path: string, body: object) {
    const browser = createBrowser(app.baseUrl)
    for (let batch = 0; batch < 10; batch++) {
      const asked = Array.from({ length: 20 }, () => browser.post(path, body, { 'x-forwarded-for': newNetwork() }))
      for (const { status } of await Promise.all(asked)) expect(status).toBeLessThan(300)
    }
  }
  const signUp = (email: string) => ({ email, password: 'chosen by a stranger', name: 'Ada' })

  it('keeps an owner without a trusted device neither from the mail to reset the password nor out', async () => {
    const { email } = await createAccount(app)
    await besiege(email)
    expect((await createCaller().signIn(email, password)).status).toBe(429)
    await siege('/v1/auth/sign-up', signUp(email))
    await siege('/v1/auth/password/forgot', { email })

    const { row, token } = await askForReset(app, email)
    expect((await app.outbox()).map(({ payload }) => payload)).toContainEqual({ passwordResetId: row.id })
    const owner = createCaller()
    expect((await owner.browser.post('/v1/auth/password/reset', { token, password: another })).status).toBe(200)
    await besiege(email)
    expect((await createCaller().signIn(email, another)).status).toBe(429)
    expect((await owner.signIn(email, another)).status).toBe(200)
  })

  it('keeps nobody from the mail of their own sign-up', async () => {
    const email = newEmail()
    await siege('/v1/auth/password/forgot', { email })
    await siege('/v1/auth/sign-up', signUp(email))
    await createBrowser(app.baseUrl).post('/v1/auth/sign-up', { email, password, name: 'Ada' })
    const registrationId = (await registrationsOf(app, email)).at(-1)
    expect((await app.outbox()).map(({ payload }) => payload)).toContainEqual({ registrationId })
  })

  it('ends in a bound: an address gets three hundred mails of a kind', async () => {
    const email = newEmail()
    await siege('/v1/auth/password/forgot', { email })
    await siege('/v1/auth/password/forgot', { email })
    const { db } = app.contextFor('auth')
    const asked = await db.select().from(passwordReset).where(eq(passwordReset.emailKey, email))
    const ids = new Set(asked.map(({ id }) => id))
    const promised = (await app.outbox()).filter(({ payload }) =>
      ids.has((payload as { passwordResetId: string }).passwordResetId),
    )
    expect([asked.length, promised.length]).toEqual([400, 300])
  })
})

describe('right passwords', () => {
  it('open thirty sessions at once and then one in thirty seconds, wherever they come from', async () => {
    const { email, user } = await createAccount(app)
    const signIn = () => createCaller().signIn(email, password)
    for (let time = 0; time < 30; time++) expect((await signIn()).status).toBe(200)
    const { status, body, headers } = await signIn()
    expect({ status, reason: body.reason }).toEqual({ status: 429, reason: 'auth.too_many_attempts' })
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(30)
    const { db } = app.contextFor('auth')
    expect(await db.$count(session, eq(session.userId, user.id))).toBe(31)
    await pass(1)
    expect((await signIn()).status).toBe(200)
  })

  it('beyond that lock the caller out as wrong ones do, and are not looked at', async () => {
    const { email } = await createAccount(app)
    for (let time = 0; time < 30; time++) await createCaller().signIn(email, password)
    const caller = createCaller()
    const { passwords } = app.contextFor('auth') as unknown as AuthContext
    const looking = vi.spyOn(passwords, 'matches')
    const answers = await Promise.all(Array.from({ length: 30 }, () => caller.signIn(email, password)))
    expect(looking).toHaveBeenCalledTimes(10)
    looking.mockRestore()
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(29)
  })
})

describe('a device that the owner trusts', () => {
  it('is counted by itself', async () => {
    const { email } = await createAccount(app)
    const ip = newNetwork()
    const [owner, stranger] = [createCaller(ip), createCaller(ip)]
    await owner.signIn(email, password)
    await guessWrong(owner, email, 10)
    expect((await owner.signIn(email, password)).status).toBe(429)
    expect((await stranger.signIn(email, password)).status).toBe(200)
  })

  it('is trusted for the accounts that were signed in to on it, several of them, and for no other', async () => {
    const ip = newNetwork()
    const shared = createCaller(ip)
    const people = await Promise.all([createAccount(app), createAccount(app)])
    for (const { email } of people) expect((await shared.signIn(email, password)).status).toBe(200)
    const victim = await createAccount(app)
    for (const { email } of [...people, victim]) await guessWrong(createCaller(ip), email, 10)
    for (const { email } of people) expect((await shared.signIn(email, password)).status).toBe(200)
    expect((await shared.signIn(victim.email, password)).status).toBe(429)
  })

  it('proves it with a cookie that only our own pages send, and that nobody else can make', async () => {
    const { email } = await createAccount(app)
    const owner = createCaller()
    const { headers } = await owner.signIn(email, password)
    expect(headers.getSetCookie()).toContainEqual(
      expect.stringMatching(
        /^lightpress_device=[\w-]{43}\.[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    )
    await besiege(email)
    const [name = '', proof = ''] = owner.browser.cookies.get('lightpress_device')!.split('.')
    const other = name.startsWith('A') ? `B${name.slice(1)}` : `A${name.slice(1)}`
    for (const forged of [
      `${other}.${proof}`,
      `${name}.${other}`,
      name,
      `${name}.`,
      'rubbish',
      '%00',
      '.'.repeat(500),
    ]) {
      const thief = createCaller()
      thief.browser.cookies.set('lightpress_device', forged)
      expect((await thief.signIn(email, password)).status).toBe(429)
    }
  })

  it('is a stranger once the password is another, with however many names somebody had it proved', async () => {
    const { email } = await createAccount(app)
    const farmed = Array.from({ length: 5 }, () => createCaller())
    for (const thief of farmed) expect((await thief.signIn(email, password)).status).toBe(200)
    const { token } = await askForReset(app, email)
    const owner = createCaller()
    await owner.browser.post('/v1/auth/password/reset', { token, password: another })
    await besiege(email)
    for (const thief of farmed) expect((await thief.signIn(email, another)).status).toBe(429)
    expect((await owner.signIn(email, another)).status).toBe(200)
  })

  it('stays one when the password is changed in it, and no other does', async () => {
    const { email } = await createAccount(app)
    const [owner, other] = [createCaller(), createCaller()]
    for (const caller of [owner, other]) expect((await caller.signIn(email, password)).status).toBe(200)
    const words = { currentPassword: password, newPassword: another }
    expect((await owner.browser.post('/v1/auth/password/change', words)).status).toBe(200)
    await besiege(email)
    expect((await other.signIn(email, another)).status).toBe(429)
    expect((await owner.signIn(email, another)).status).toBe(200)
  })

  it('is none that signs in as a program', async () => {
    const { email } = await createAccount(app)
    const browser = createBrowser(app.baseUrl)
    expect((await browser.post(paths.signIn, { email, password })).status).toBe(200)
    expect(browser.cookies.size).toBe(0)
  })
})

describe('the audit log', () => {
  const entriesOf = async (userId: string | null, requestId?: string) => {
    const { db } = app.contextFor('auth')
    const about = userId === null ? eq(auditEntry.requestId, requestId ?? '') : eq(auditEntry.userId, userId)
    const rows = await db.select().from(auditEntry).where(and(about)).orderBy(desc(auditEntry.id))
    return rows.map(({ action }) => action)
  }

  it('has each sign-in, each that failed and each that was refused unmade', async () => {
    const { email, user } = await createAccount(app)
    const caller = createCaller()
    await guessWrong(caller, email, 10)
    await caller.signIn(email, password)
    await pass(1)
    await caller.signIn(email, password)
    expect(await entriesOf(user.id)).toEqual([
      'signed_in',
      'sign_in_locked',
      ...Array<string>(10).fill('sign_in_failed'),
      'account_created',
    ])
  })

  it('has those of an address that nobody has, about nobody', async () => {
    const requestId = newId()
    const headers = { 'x-request-id': requestId }
    await createBrowser(app.baseUrl).post(paths.signIn, { email: newEmail(), password }, headers)
    expect(await entriesOf(null, requestId)).toEqual(['sign_in_failed'])
  })

  it('has the owner told of a browser that is new, and not of one that is known', async () => {
    const { email, user } = await createAccount(app)
    const alerts = async () =>
      (await app.outbox()).filter(
        ({ type, payload }) =>
          type === 'auth.security.alerted.v1' && (payload as { userId: string }).userId === user.id,
      ).length
    const caller = createCaller()
    await caller.signIn(email, password)
    expect(await alerts()).toBe(1)
    await caller.signIn(email, password)
    expect(await alerts()).toBe(1)
    await createBrowser(app.baseUrl).post(paths.signIn, { email, password })
    expect(await alerts()).toBe(1)
    await createCaller().signIn(email, password)
    expect(await alerts()).toBe(2)
  })
})
