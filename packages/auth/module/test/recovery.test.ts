import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { announceRecoveries } from '../src/announce-recoveries.ts'
import type { AuthContext } from '../src/context.ts'
import { account, allowance, lockout, recovery, ticket, totp } from '../src/schema.ts'
import { sweep } from '../src/sweep.ts'
import { beginSignIn, codeOf, createGuarded, endSignIn, factorPaths } from './factor-support.ts'
import { askForMagicLink, askForReset, followMagicLink, readRecoveryMail } from './links.ts'
import {
  DAY,
  recoveryPaths,
  isInvalidLink,
  isInvalidChallenge,
  isNotPossible,
  challengeOf,
  challengeByProvider,
  requestRecovery,
  completeRecovery,
  cancelRecovery,
  pass,
  createWaiting,
  createDue,
  entriesOf,
  eventsOf,
  alertsOf,
} from './recovery-support.ts'
import { bearer, createAccount, createBrowser, start, type FakeUsers } from './support.ts'

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

describe('asking for a recovery', () => {
  it('waits three days, can be completed for seven, and tells the person at once', async () => {
    const person = await createGuarded(app)
    const { status, body } = await requestRecovery(app, await challengeOf(app, person.email))
    const { row, mail } = await readRecoveryMail(app, person.user.id)
    expect(status).toBe(202)
    expect(body).toEqual({
      requestedAt: row.createdAt.toISOString(),
      availableAt: row.availableAt.toISOString(),
      expiresAt: row.expiresAt.toISOString(),
    })
    expect(row.availableAt.getTime() - row.createdAt.getTime()).toBe(3 * DAY)
    expect(row.expiresAt.getTime() - row.availableAt.getTime()).toBe(7 * DAY)
    expect(mail).toEqual({
      userId: person.user.id,
      email: person.email,
      purpose: 'requested',
      availableAt: body.availableAt,
      expiresAt: body.expiresAt,
      cancelToken: expect.stringMatching(new RegExp(`^${row.id}\\.[\\w-]{43}$`)) as string,
      completeToken: null,
    })
    expect(await eventsOf(app, row.id)).toEqual(['auth.recovery.requested.v1'])
    expect(await entriesOf(app, person.user.id, 'recovery_requested')).toMatchObject([{ actorId: null }])
    expect(await alertsOf(app, person.user.id)).toContain('recovery_requested')
  })

  it('leaves the sign-in as it is: a code still ends it', async () => {
    const { email, secret, user } = await createGuarded(app)
    const browser = newBrowser()
    const { challenge } = (await beginSignIn(browser, email)).body
    await requestRecovery(app, challenge, browser)
    expect((await endSignIn(browser, challenge, codeOf(secret))).status).toBe(200)
    expect((await entriesOf(app, user.id, 'recovery_cancelled')).length).toBe(1)
  })

  it('again while one waits answers that one, however often at once, and tells nobody twice', async () => {
    const { email, user } = await createGuarded(app)
    const challenge = await challengeOf(app, email)
    const answers = await Promise.all(Array.from({ length: 10 }, () => requestRecovery(app, challenge)))
    const begun = answers.filter(({ status }) => status === 202).map(({ body }) => body)
    expect(begun.length).toBeGreaterThan(0)
    for (const { status } of answers) expect([202, 429]).toContain(status)
    await pass(app, user.id, DAY)
    begun.push((await requestRecovery(app, await challengeOf(app, email))).body)
    expect(new Set(begun.slice(0, -1).map(({ availableAt }) => availableAt)).size).toBe(1)
    const { row } = await readRecoveryMail(app, user.id)
    expect(begun.at(-1)?.availableAt).toBe(row.availableAt.toISOString())
    expect(await ctx().db.$count(recovery, eq(recovery.userId, user.id))).toBe(1)
    expect(await eventsOf(app, row.id)).toHaveLength(1)
    expect(await entriesOf(app, user.id, 'recovery_requested')).toHaveLength(1)
  })

  it('begins three times, and then once a day: whoever knows a password frightens nobody without end', async () => {
    const { email, user, accessToken } = await createGuarded(app)
    const challenge = await challengeOf(app, email)
    for (let n = 0; n < 3; n++) {
      expect((await requestRecovery(app, challenge)).status).toBe(202)
      await newBrowser().delete(recoveryPaths.request, bearer(accessToken))
    }
    expect(await requestRecovery(app, challenge)).toMatchObject({
      status: 429,
      body: { reason: 'auth.too_many_attempts' },
    })
    expect(await entriesOf(app, user.id, 'recovery_requested')).toHaveLength(3)
  })

  it('after one that nobody completed in time begins another', async () => {
    const { user, email, row } = await createWaiting(app)
    await pass(app, user.id, 10 * DAY)
    expect((await readRecoveryMail(app, user.id)).mail).toBeNull()
    expect((await requestRecovery(app, await challengeOf(app, email))).status).toBe(202)
    const second = await readRecoveryMail(app, user.id)
    expect(second.row.id).not.toBe(row.id)
    expect(second.mail?.purpose).toBe('requested')
    expect(await entriesOf(app, user.id, 'recovery_cancelled')).toEqual([])
  })

  it('is not possible by a link of a mail: the mailbox alone must not do', async () => {
    const { email, user } = await createGuarded(app)
    const browser = newBrowser()
    const { token } = await askForMagicLink(app, email, browser)
    const { challenge } = (await followMagicLink(token, browser)).body
    expect(await requestRecovery(app, challenge, browser)).toMatchObject(isNotPossible)
    expect(await ctx().db.$count(recovery, eq(recovery.userId, user.id))).toBe(0)
  })

  it('is not possible by a password that a mail was enough to choose, until a second factor was proved', async () => {
    const { email, secret, user } = await createGuarded(app)
    const { token } = await askForReset(app, email)
    await newBrowser().post('/v1/auth/password/reset', { token, password: another })
    expect(await requestRecovery(app, await challengeOf(app, email, another))).toMatchObject(isNotPossible)
    const challenge = await challengeOf(app, email, another)
    expect((await endSignIn(newBrowser(), challenge, codeOf(secret))).status).toBe(200)
    expect((await requestRecovery(app, await challengeOf(app, email, another))).status).toBe(202)
    expect((await readRecoveryMail(app, user.id)).mail).not.toBeNull()
  })

  it('is possible by a password that was reset before there was a second factor', async () => {
    const { email } = await createAccount(app)
    const { token } = await askForReset(app, email)
    await newBrowser().post('/v1/auth/password/reset', { token, password: another })
    const { user } = (await newBrowser().post(factorPaths.signIn, { email, password: another })).body
    await ctx().db.insert(totp).values({ userId: user.id, sealedSecret: 'sealed', confirmedAt: new Date() })
    expect((await requestRecovery(app, await challengeOf(app, email, another))).status).toBe(202)
  })

  it('is refused to a linked provider, whose account often is the mailbox, also without a password', async () => {
    const { user } = await createGuarded(app)
    expect(await requestRecovery(app, await challengeByProvider(app, user.id))).toMatchObject(isNotPossible)
    await ctx().db.update(account).set({ passwordHash: null }).where(eq(account.userId, user.id))
    expect(await requestRecovery(app, await challengeByProvider(app, user.id))).toMatchObject(isNotPossible)
    expect(await ctx().db.$count(recovery, eq(recovery.userId, user.id))).toBe(0)
  })

  it('takes a challenge that is good, and nothing else', async () => {
    const { email, user, accessToken, secret } = await createGuarded(app)
    const browser = newBrowser()
    const { challenge } = (await beginSignIn(browser, email, { mode: 'cookie' })).body
    const magic = await askForMagicLink(app, email, browser)
    // In another browser, of another kind, forged.
    expect(await requestRecovery(app, challenge)).toMatchObject(isInvalidChallenge)
    const id = challenge.split('.')[0]
    for (const wrong of [
      '',
      'nonsense',
      id!,
      magic.token,
      `${newId()}.${challenge.split('.')[1]}`,
      accessToken.slice(0, 200),
    ])
      expect(await requestRecovery(app, wrong, browser)).toMatchObject(isInvalidChallenge)
    // Used up.
    expect((await endSignIn(browser, challenge, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
    expect(await requestRecovery(app, challenge, browser)).toMatchObject(isInvalidChallenge)
    // Too old.
    const late = await challengeOf(app, email)
    await ctx().db.update(ticket).set({ expiresAt: new Date() }).where(eq(ticket.userId, user.id))
    expect(await requestRecovery(app, late)).toMatchObject(isInvalidChallenge)
    expect(await ctx().db.$count(recovery, eq(recovery.userId, user.id))).toBe(0)
  })

  it('is refused to other sites', async () => {
    const { email } = await createGuarded(app)
    const elsewhere = createBrowser(app.baseUrl, { origin: 'https://evil.example' })
    expect(await requestRecovery(app, await challengeOf(app, email), elsewhere)).toMatchObject({ status: 403 })
  })

  it('is refused to whoever is suspended', async () => {
    const { email, user } = await createGuarded(app)
    const challenge = await challengeOf(app, email)
    app.users.people.get(user.id)!.suspended = true
    expect(await requestRecovery(app, challenge)).toMatchObject(isInvalidChallenge)
  })
})

describe('a recovery that waited three days', () => {
  it('is announced once, with a link to complete it, by however many processes', async () => {
    const people = [await createWaiting(app), await createWaiting(app), await createWaiting(app)]
    for (const { user } of people.slice(0, 2)) await pass(app, user.id, 3 * DAY)
    await Promise.all(Array.from({ length: 4 }, () => announceRecoveries(ctx())))
    await announceRecoveries(ctx())
    const said = await Promise.all(people.map(({ row }) => eventsOf(app, row.id)))
    const due = ['auth.recovery.requested.v1', 'auth.recovery.due.v1']
    expect(said).toEqual([due, due, ['auth.recovery.requested.v1']])
    const { mail, row } = await readRecoveryMail(app, people[0]!.user.id)
    expect(mail).toMatchObject({ purpose: 'due', expiresAt: row.expiresAt.toISOString() })
    expect(mail?.completeToken).toMatch(new RegExp(`^${row.id}\\.[\\w-]{43}$`))
    expect((await readRecoveryMail(app, people[2]!.user.id)).mail).toMatchObject({
      purpose: 'requested',
      completeToken: null,
    })
  })

  it('is announced to nobody who gave it up, or whose time is over', async () => {
    const [given, late] = [await createWaiting(app), await createWaiting(app)]
    await cancelRecovery(app, given.cancelToken)
    await pass(app, given.user.id, 3 * DAY)
    await pass(app, late.user.id, 10 * DAY)
    await announceRecoveries(ctx())
    for (const { row } of [given, late]) expect(await eventsOf(app, row.id)).toEqual(['auth.recovery.requested.v1'])
  })
})

describe('a stranger', () => {
  it('cannot give up or complete what is not theirs, nor learn of it', async () => {
    const { row, cancelToken, completeToken, user } = await createDue(app)
    const nobodys = newId()
    const said = new Set<string>()
    for (const id of [row.id, nobodys, user.id]) {
      for (const token of [id, `${id}.${'A'.repeat(43)}`, `${nobodys}.${cancelToken.split('.')[1]}`]) {
        const answer = await cancelRecovery(app, token)
        expect(answer).toMatchObject(isInvalidLink)
        said.add(answer.body.detail)
      }
    }
    expect(said.size).toBe(1)
    const other = await createAccount(app)
    expect((await newBrowser().delete(recoveryPaths.request, bearer(other.accessToken))).status).toBe(200)
    expect((await newBrowser().delete(recoveryPaths.request)).status).toBe(401)
    expect(await completeRecovery(app, completeToken, 'nonsense')).toMatchObject(isInvalidChallenge)
    expect((await readRecoveryMail(app, user.id)).mail?.purpose).toBe('due')
  })

  it('is told by the link to give it up that it was completed, and not that it is given up', async () => {
    const { email, completeToken, cancelToken } = await createDue(app)
    expect((await completeRecovery(app, completeToken, await challengeOf(app, email))).status).toBe(200)
    expect(await cancelRecovery(app, cancelToken)).toMatchObject(isInvalidLink)
  })
})

it('the sweep forgets a recovery a month after its time was over', async () => {
  const [old, young] = [await createWaiting(app), await createWaiting(app)]
  await pass(app, old.user.id, 41 * DAY)
  await pass(app, young.user.id, 39 * DAY)
  await sweep(ctx())
  const left = await ctx().db.select({ userId: recovery.userId }).from(recovery)
  expect(left.map(({ userId }) => userId)).toContain(young.user.id)
  expect(left.map(({ userId }) => userId)).not.toContain(old.user.id)
})
