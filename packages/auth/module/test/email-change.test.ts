import { auth as contract, emailChanged, securityAlerted, type AuditAction } from '@lightpress/auth-contract'
import type { Tx } from '@lightpress/kernel'
import { createHttpClient, routesOf, type Output } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { account, allowance, auditEntry, auditOrigin, emailChange, lockout, registration } from '../src/schema.ts'
import { askForReset, readChangeMails } from './links.ts'
import { proveLongAgo } from './session-support.ts'
import {
  bearer,
  countWaiting,
  createAccount,
  createBrowser,
  newEmail,
  password,
  signUp,
  start,
  type FakeUsers,
} from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  await db().delete(allowance)
  await db().delete(lockout)
})

function db() {
  return app.contextFor('auth').db
}

function asHolder(accessToken: string) {
  return createHttpClient<typeof contract>(routesOf(contract), {
    baseUrl: app.baseUrl,
    headers: () => bearer(accessToken),
  })
}

type Status = Output<(typeof contract)['operations']['confirmEmailChange']>['status']

/** Follows the link of a mail, on a device where nobody is signed in. */
async function confirm(token: string) {
  const browser = createBrowser(app.baseUrl)
  const path = '/v1/auth/email/change/confirm'
  const { status, body } = await browser.post<{ status: Status; reason?: string }>(path, { token })
  return { status, says: status === 200 ? body.status : body.reason }
}

/** Somebody who asked for another address, with what the two mails would say. */
async function asking(newAddress = newEmail()) {
  const person = await createAccount(app)
  const me = asHolder(person.accessToken)
  const { change } = await me.changeEmail({ email: newAddress })
  return { ...person, me, change, newAddress, mails: await readChangeMails(app, person.user.id) }
}

async function accountOf(userId: string) {
  const [found] = await db().select().from(account).where(eq(account.userId, userId))
  return found!
}

function signIn(email: string) {
  return createBrowser(app.baseUrl).post('/v1/auth/sign-in', { email, password })
}

function entriesOf(userId: string, action: AuditAction) {
  return db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
}

async function promised(type: string, userId: string) {
  return (await app.outbox()).filter((row) => row.type === type && JSON.stringify(row.payload).includes(userId))
}

const dead = { status: 400, says: 'auth.token_invalid' }

describe('asking for another address', () => {
  it('changes nothing, and tells both addresses', async () => {
    const { email, user, me, change, newAddress, mails } = await asking()
    expect(change).toEqual({
      newEmail: newAddress,
      confirmedByOld: false,
      confirmedByNew: false,
      requestedAt: expect.any(String),
      expiresAt: expect.any(String),
    })
    expect(Date.parse(change.expiresAt) - Date.parse(change.requestedAt)).toBe(24 * 60 * 60 * 1000)
    expect(await me.getEmailChange()).toEqual({ change })
    expect((await accountOf(user.id)).email).toBe(email)
    const token = expect.stringMatching(new RegExp(`^${mails.row.id}\\.[\\w-]{43}$`))
    expect(mails.mails).toEqual([
      { email, purpose: 'confirm_by_old', newEmail: newAddress, token },
      { email: newAddress, purpose: 'confirm_by_new', newEmail: newAddress, token },
    ])
    expect(mails.old).not.toBe(mails.new)
    const [event] = (await app.outbox()).filter(({ payload }) => JSON.stringify(payload).includes(mails.row.id))
    expect(event).toMatchObject({
      listener: 'notifications',
      type: 'auth.email_change.requested.v1',
      payload: { emailChangeId: mails.row.id },
    })
    expect(await entriesOf(user.id, 'email_change_requested')).toMatchObject([{ actorId: user.id }])
  })

  it('takes a proof that is not older than ten minutes', async () => {
    const person = await createAccount(app)
    const stale = asHolder(await proveLongAgo(app, person, { minutes: 11 }))
    await expect(stale.changeEmail({ email: newEmail() })).rejects.toMatchObject({
      code: 'forbidden',
      reason: 'request.step_up_required',
    })
    expect(await db().$count(emailChange, eq(emailChange.userId, person.user.id))).toBe(0)
    const other = await createAccount(app)
    const recent = asHolder(await proveLongAgo(app, other, { minutes: 9 }))
    expect(await recent.changeEmail({ email: newEmail() })).toMatchObject({ change: { confirmedByOld: false } })
  })

  it('does nothing when the account changed meanwhile', async () => {
    const { user, accessToken } = await createAccount(app)
    let asked: Promise<unknown> | undefined
    await app.contextFor('auth').withTx(async (tx) => {
      await tx.update(account).set({ sessionVersion: 1 }).where(eq(account.userId, user.id))
      asked = asHolder(accessToken)
        .changeEmail({ email: newEmail() })
        .catch((error: unknown) => error)
      await until(
        () => countWaiting(app),
        (waiting) => waiting > 0,
      )
    })
    expect(await asked).toMatchObject({ code: 'unauthenticated', reason: 'request.session_ended' })
    expect(await db().$count(emailChange, eq(emailChange.userId, user.id))).toBe(0)
  })

  it('to the one that it is, however it is spelt, is an error of the field', async () => {
    const { email, accessToken } = await createAccount(app)
    for (const same of [email, email.toUpperCase(), email.replace('@example', '@ｅｘａｍｐｌｅ')])
      await expect(asHolder(accessToken).changeEmail({ email: same })).rejects.toMatchObject({
        code: 'invalid',
        reason: 'auth.same_email',
        errors: [{ path: 'email' }],
      })
  })

  it('does not tell who asks that somebody has it; who has it is told, without a link', async () => {
    const { email: taken } = await createAccount(app)
    const [theirs, free] = [await asking(taken), await asking()]
    const shape = ({ newEmail: _, requestedAt, expiresAt, ...rest }: typeof free.change) => ({
      ...rest,
      life: Date.parse(expiresAt) - Date.parse(requestedAt),
    })
    expect(shape(theirs.change)).toEqual(shape(free.change))
    expect(theirs.mails.mails).toEqual([
      { email: theirs.email, purpose: 'confirm_by_old', newEmail: taken, token: theirs.mails.old },
      { email: taken, purpose: 'address_taken', newEmail: taken, token: null },
    ])
    expect(await confirm(theirs.mails.old)).toEqual({ status: 200, says: 'waiting_for_new' })
    expect(await theirs.me.getEmailChange()).toMatchObject({ change: { newEmail: taken, confirmedByOld: true } })
  })

  it('again takes the place of the one before', async () => {
    const { user, me, mails: first } = await asking()
    const second = newEmail()
    await me.changeEmail({ email: second })
    for (const token of [first.old, first.new]) expect(await confirm(token)).toEqual(dead)
    expect(await me.getEmailChange()).toMatchObject({ change: { newEmail: second } })
    const mails = await readChangeMails(app, user.id)
    await confirm(mails.new)
    expect(await confirm(mails.old)).toEqual({ status: 200, says: 'changed' })
    expect((await accountOf(user.id)).email).toBe(second)
  })

  it('five times at once leaves one that waits', async () => {
    const { user, accessToken } = await createAccount(app)
    const me = asHolder(accessToken)
    const asked = Array.from({ length: 5 }, () => me.changeEmail({ email: newEmail() }))
    expect(await Promise.all(asked)).toHaveLength(5)
    const rows = await db().select().from(emailChange).where(eq(emailChange.userId, user.id))
    expect(rows).toHaveLength(5)
    expect(rows.filter(({ settledAt }) => settledAt === null)).toHaveLength(1)
  })

  it('writes to one address no more than it bears, and says for how long', async () => {
    const { accessToken } = await createAccount(app)
    const me = asHolder(accessToken)
    const email = newEmail()
    for (let time = 0; time < 3; time++) await me.changeEmail({ email })
    await expect(me.changeEmail({ email })).rejects.toMatchObject({
      code: 'limited',
      reason: 'auth.too_many_attempts',
      retryAfter: expect.any(Number),
    })
    await me.changeEmail({ email: newEmail() })
  })
})

describe('confirming another address', () => {
  it.each([
    ['old', 'new'],
    ['new', 'old'],
  ] as const)('by the %s one first, takes effect with the %s one', async (first, second) => {
    const { email, user, me, newAddress, mails } = await asking()
    expect(await confirm(mails[first])).toEqual({ status: 200, says: `waiting_for_${second}` })
    expect(await me.getEmailChange()).toMatchObject({
      change: { confirmedByOld: first === 'old', confirmedByNew: first === 'new' },
    })
    expect((await accountOf(user.id)).email).toBe(email)
    expect(await promised(emailChanged.type, user.id)).toEqual([])

    expect(await confirm(mails[second])).toEqual({ status: 200, says: 'changed' })
    expect(await accountOf(user.id)).toMatchObject({ email: newAddress, emailKey: newAddress })
    expect(await me.getEmailChange()).toEqual({ change: null })
    expect((await signIn(newAddress)).status).toBe(200)
    expect((await signIn(email)).status).toBe(401)
    expect(await promised(emailChanged.type, user.id)).toMatchObject([
      { listener: 'users', payload: { userId: user.id } },
    ])
    const read = await app.callAs('users', contract).readEmail({ userId: user.id })
    expect(read).toEqual({ email: newAddress })
  })

  it('by the same link again says how it stands, and does nothing more', async () => {
    const { user, mails } = await asking()
    for (let time = 0; time < 2; time++) expect((await confirm(mails.new)).says).toBe('waiting_for_old')
    for (const token of [mails.old, mails.old, mails.new]) expect((await confirm(token)).says).toBe('changed')
    expect(await entriesOf(user.id, 'email_change_confirmed')).toHaveLength(2)
    expect(await entriesOf(user.id, 'email_changed')).toHaveLength(1)
    expect(await promised(emailChanged.type, user.id)).toHaveLength(1)
  })

  it('by both at once, twenty times, takes effect once', async () => {
    const { user, newAddress, mails } = await asking()
    const uses = Array.from({ length: 20 }, (_, n) => confirm(n % 2 ? mails.old : mails.new))
    const answers = await Promise.all(uses)
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect(answers.filter(({ says }) => says === 'changed').length).toBeGreaterThan(0)
    expect((await accountOf(user.id)).email).toBe(newAddress)
    expect(await entriesOf(user.id, 'email_changed')).toHaveLength(1)
    expect(await entriesOf(user.id, 'email_change_confirmed')).toHaveLength(2)
    expect(await promised(emailChanged.type, user.id)).toHaveLength(1)
  })

  it('leaves sessions as they are', async () => {
    const { me, refreshToken, mails } = await asking()
    await confirm(mails.old)
    await confirm(mails.new)
    expect(await me.getEmailChange()).toEqual({ change: null })
    expect((await createBrowser(app.baseUrl).post('/v1/auth/token/refresh', { refreshToken })).status).toBe(200)
  })

  it('is told to the old address, and is in the audit log', async () => {
    const { email, user, mails } = await asking()
    await confirm(mails.old)
    await confirm(mails.new)
    const [entry] = await entriesOf(user.id, 'email_changed')
    const [origin] = await db().select().from(auditOrigin).where(eq(auditOrigin.entryId, entry!.id))
    expect(origin).toMatchObject({ email })
    const alerts = await promised(securityAlerted.type, user.id)
    expect(alerts.map(({ payload }) => payload)).toContainEqual({ auditEntryId: entry!.id, userId: user.id })
  })

  it('is too late after a day, and makes room for another', async () => {
    const { user, me, mails } = await asking()
    await confirm(mails.old)
    await db().update(emailChange).set({ expiresAt: new Date() }).where(eq(emailChange.id, mails.row.id))
    for (const token of [mails.old, mails.new]) expect(await confirm(token)).toEqual(dead)
    expect((await readChangeMails(app, user.id)).mails).toEqual([])
    expect(await me.getEmailChange()).toEqual({ change: null })
    await me.changeEmail({ email: newEmail() })
  })

  it('knows no token but those of its two mails', async () => {
    const { email, mails } = await asking()
    const other = await asking()
    const { token: registered } = await signUp(app, createBrowser(app.baseUrl))
    const { token: reset } = await askForReset(app, email)
    const signature = (token: string) => token.split('.')[1]
    const forged = ['', 'nonsense', mails.row.id, `${mails.row.id}.${signature(other.mails.old)}`]
    for (const wrong of [...forged, registered, reset]) expect(await confirm(wrong)).toEqual(dead)
    for (const token of [mails.old, mails.new])
      expect(await createBrowser(app.baseUrl).post('/v1/auth/email/verify', { token, password })).toMatchObject({
        status: 400,
        body: { reason: 'auth.token_invalid' },
      })
  })

  it('does not take an address that somebody has by then, and is over', async () => {
    const { email, user, newAddress, mails } = await asking()
    await confirm(mails.old)
    const browser = createBrowser(app.baseUrl)
    const { token } = await signUp(app, browser, newAddress)
    expect((await browser.post('/v1/auth/email/verify', { token })).status).toBe(200)
    expect(await confirm(mails.new)).toEqual({ status: 409, says: 'auth.email_taken' })
    expect((await accountOf(user.id)).email).toBe(email)
    for (const link of [mails.old, mails.new]) expect(await confirm(link)).toEqual(dead)
    expect(await entriesOf(user.id, 'email_changed')).toEqual([])
  })

  it('of two people at once gives the address to one', async () => {
    const address = newEmail()
    const people = [await asking(address), await asking(address)]
    for (const { mails } of people) await confirm(mails.old)
    const answers = await Promise.all(people.map(({ mails }) => confirm(mails.new)))
    expect(answers.map(({ says }) => says).sort()).toEqual(['auth.email_taken', 'changed'])
    expect(await db().$count(account, eq(account.emailKey, address))).toBe(1)
  })

  it('at once with the registration of the address leaves one account with it', async () => {
    for (let round = 0; round < 5; round++) {
      const { email, user, newAddress, mails } = await asking()
      await confirm(mails.old)
      const browser = createBrowser(app.baseUrl)
      const { token } = await signUp(app, browser, newAddress)
      const [verified, confirmed] = await Promise.all([
        browser.post('/v1/auth/email/verify', { token }),
        confirm(mails.new),
      ])
      expect(await db().$count(account, eq(account.emailKey, newAddress))).toBe(1)
      const moved = (await accountOf(user.id)).email === newAddress
      expect([verified.status, confirmed.status]).toEqual(moved ? [400, 200] : [200, 409])
      if (!moved) expect((await accountOf(user.id)).email).toBe(email)
      const people = [...app.users.people.values()].filter((person) => person.email === newAddress)
      expect(people).toHaveLength(moved ? 0 : 1)
    }
  })

  it('does not take an address that users may have made a person for already', async () => {
    const { newAddress, mails } = await asking()
    await confirm(mails.old)
    const browser = createBrowser(app.baseUrl)
    const { token } = await signUp(app, browser, newAddress)
    await db().update(registration).set({ userId: crypto.randomUUID() }).where(eq(registration.email, newAddress))
    expect(await confirm(mails.new)).toEqual({ status: 409, says: 'auth.email_taken' })
    expect((await browser.post('/v1/auth/email/verify', { token })).status).toBe(200)
  })

  it('ends the registrations that wait for it, and the links to reset that went to the old one', async () => {
    const { email, newAddress, mails } = await asking()
    const browser = createBrowser(app.baseUrl)
    const { token } = await signUp(app, browser, newAddress)
    const { token: reset } = await askForReset(app, email)
    await confirm(mails.old)
    await confirm(mails.new)
    const refused = { status: 400, body: { reason: 'auth.token_invalid' } }
    expect(await browser.post('/v1/auth/email/verify', { token })).toMatchObject(refused)
    const words = 'four quiet lanterns drift'
    expect(await browser.post('/v1/auth/password/reset', { token: reset, password: words })).toMatchObject(refused)
  })

  it('does nothing for an account whose address is another by then', async () => {
    const { user, mails } = await asking()
    await confirm(mails.old)
    const elsewhere = newEmail()
    await db().update(account).set({ email: elsewhere, emailKey: elsewhere }).where(eq(account.userId, user.id))
    expect(await confirm(mails.new)).toEqual(dead)
    expect((await accountOf(user.id)).email).toBe(elsewhere)
  })

  it('cannot be hammered', async () => {
    const answers = []
    for (let time = 0; time < 102; time++) answers.push(await confirm('nonsense'))
    expect(answers[99]).toEqual(dead)
    expect(answers.at(-1)).toEqual({ status: 429, says: 'auth.too_many_attempts' })
  })
})

describe('giving up another address', () => {
  it('makes both links worthless; again is the same as once', async () => {
    const { email, user, me, mails } = await asking()
    await confirm(mails.new)
    for (let time = 0; time < 2; time++) expect(await me.cancelEmailChange()).toEqual({ status: 'cancelled' })
    for (const token of [mails.old, mails.new]) expect(await confirm(token)).toEqual(dead)
    expect(await me.getEmailChange()).toEqual({ change: null })
    expect((await readChangeMails(app, user.id)).mails).toEqual([])
    expect((await accountOf(user.id)).email).toBe(email)
    expect(await entriesOf(user.id, 'email_change_cancelled')).toMatchObject([{ actorId: user.id }])
  })

  it.each([
    ['the person', () => Promise.resolve()],
    [
      'a new password',
      (tx: Tx, userId: string) => tx.select().from(account).where(eq(account.userId, userId)).for('update'),
    ],
  ])('by %s that was under way when the last confirmation came is heeded', async (_, hold) => {
    const { email, user, mails } = await asking()
    await confirm(mails.old)
    const settled = { settledAt: new Date() }
    const giveUp = (tx: Tx) => tx.update(emailChange).set(settled).where(eq(emailChange.id, mails.row.id))
    const begun = Promise.withResolvers<void>()
    const confirmed = begun.promise.then(() => confirm(mails.new))
    await app.contextFor('auth').withTx(async (tx) => {
      const isHeld = await hold(tx, user.id)
      if (!isHeld) await giveUp(tx)
      begun.resolve()
      await until(
        () => countWaiting(app),
        (waiting) => waiting > 0,
      )
      if (isHeld) await giveUp(tx)
    })
    expect(await confirmed).toEqual(dead)
    expect((await accountOf(user.id)).email).toBe(email)
    expect(await entriesOf(user.id, 'email_changed')).toEqual([])
  })

  it('leaves those of others alone', async () => {
    const [mine, theirs] = [await asking(), await asking()]
    await mine.me.cancelEmailChange()
    expect(await theirs.me.getEmailChange()).toEqual({ change: theirs.change })
  })
})

it('the address of nobody is none', async () => {
  expect(await app.callAs('users', contract).readEmail({ userId: crypto.randomUUID() })).toEqual({ email: null })
})
