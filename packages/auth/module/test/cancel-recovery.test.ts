import { newId } from '@lightpress/kernel'
import type { RunningModule } from '@lightpress/testing'
import { accessChanged } from '@lightpress/users-contract'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { allowance, lockout } from '../src/schema.ts'
import { codeOf, endSignIn, factorPaths, forgetUse } from './factor-support.ts'
import { askForReset, readChangeMails, readRecoveryMail } from './links.ts'
import {
  recoveryPaths,
  isNotPossible,
  challengeOf,
  requestRecovery,
  completeRecovery,
  cancelRecovery,
  createWaiting,
  createDue,
  cameToNothing,
  factorsOf,
  entriesOf,
} from './recovery-support.ts'
import { refreshBy } from './session-support.ts'
import { bearer, createBrowser, newEmail, password, start, type FakeUsers } from './support.ts'

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

describe('a recovery is given up', () => {
  it('by the link of either mail, which says the same again', async () => {
    const first = await createWaiting(app)
    for (let n = 0; n < 2; n++)
      expect(await cancelRecovery(app, first.cancelToken)).toMatchObject({ status: 200, body: { status: 'cancelled' } })
    expect((await readRecoveryMail(app, first.user.id)).mail).toBeNull()
    expect(await entriesOf(app, first.user.id, 'recovery_cancelled')).toMatchObject([{ actorId: null }])

    const second = await createDue(app)
    expect(second.cancelToken).not.toBe('')
    await cancelRecovery(app, second.cancelToken)
    await cameToNothing(app, second)
  })

  it('by a link that then stops no later one', async () => {
    const { cancelToken, email, user } = await createWaiting(app)
    await cancelRecovery(app, cancelToken)
    await requestRecovery(app, await challengeOf(app, email))
    expect((await cancelRecovery(app, cancelToken)).status).toBe(200)
    expect((await readRecoveryMail(app, user.id)).mail?.purpose).toBe('requested')
  })

  it('from any session, which says the same again', async () => {
    const person = await createDue(app)
    for (let n = 0; n < 2; n++)
      expect(await newBrowser().delete(recoveryPaths.request, bearer(person.accessToken))).toMatchObject({
        status: 200,
        body: { status: 'cancelled' },
      })
    await cameToNothing(app, person)
    expect(await entriesOf(app, person.user.id, 'recovery_cancelled')).toMatchObject([{ actorId: person.user.id }])
  })

  it('by a sign-in that proves a second factor, in the same transaction', async () => {
    const person = await createDue(app)
    const challenge = await challengeOf(app, person.email)
    expect((await endSignIn(newBrowser(), challenge, codeOf(person.secret))).status).toBe(200)
    await cameToNothing(app, person)
    expect(await entriesOf(app, person.user.id, 'recovery_cancelled')).toMatchObject([{ actorId: person.user.id }])
  })

  it('by a recovery code, which is one of those that are said to be lost', async () => {
    const person = await createDue(app)
    const challenge = await challengeOf(app, person.email)
    const [code] = person.recoveryCodes
    expect((await newBrowser().post(factorPaths.verifyCode, { challenge, code })).status).toBe(200)
    await cameToNothing(app, person)
  })

  it('by a step-up that proves a second factor', async () => {
    const person = await createDue(app)
    const proof = { kind: 'totp', code: codeOf(person.secret) }
    expect((await newBrowser().post(factorPaths.stepUp, { proof }, bearer(person.accessToken))).status).toBe(200)
    await cameToNothing(app, person)
  })

  it('but not by what proves no second factor: a first one, a wrong code, a renewed session', async () => {
    const { user, email, refreshToken, completeToken } = await createDue(app)
    await forgetUse(app, user.id)
    await endSignIn(newBrowser(), await challengeOf(app, email), 'wrong!')
    await refreshBy(app, refreshToken)
    expect((await readRecoveryMail(app, user.id)).mail?.purpose).toBe('due')
    expect((await completeRecovery(app, completeToken, await challengeOf(app, email))).status).toBe(200)
  })

  it('by a password that is reset: whoever has the mailbox must not have both halves', async () => {
    const person = await createDue(app)
    const { token } = await askForReset(app, person.email)
    await newBrowser().post('/v1/auth/password/reset', { token, password: another })
    expect(
      await completeRecovery(app, person.completeToken, await challengeOf(app, person.email, another)),
    ).toMatchObject(isNotPossible)
    expect((await readRecoveryMail(app, person.user.id)).mail).toBeNull()
    expect((await factorsOf(app, person.user.id)).apps).toBe(1)
  })

  it('by a password that is changed', async () => {
    const person = await createDue(app)
    const words = { currentPassword: password, newPassword: another }
    const changed = await newBrowser().post('/v1/auth/password/change', words, bearer(person.accessToken))
    expect(changed.status).toBe(200)
    await cameToNothing(app, person, another)
  })

  it('by another address', async () => {
    const person = await createDue(app)
    const email = newEmail()
    await newBrowser().post('/v1/auth/email/change', { email }, bearer(person.accessToken))
    const mails = await readChangeMails(app, person.user.id)
    for (const token of [mails.old, mails.new])
      expect((await newBrowser().post('/v1/auth/email/change/confirm', { token })).status).toBe(200)
    await cameToNothing(app, { ...person, email })
  })

  it('by a suspension, also once that is over', async () => {
    const person = await createDue(app)
    const { suspended: _, ...known } = app.users.people.get(person.user.id)!
    app.users.people.set(person.user.id, { ...known, suspended: true })
    await app.deliver(accessChanged, { userId: person.user.id, change: 'suspended', actorId: newId() })
    app.users.people.set(person.user.id, { ...known, suspended: false })
    await cameToNothing(app, person)
  })
})
