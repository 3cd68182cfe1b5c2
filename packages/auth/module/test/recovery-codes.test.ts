import type { AuditAction, Credentials } from '@lightpress/auth-contract'
import { newId } from '@lightpress/kernel'
import type { Problem } from '@lightpress/protocol'
import { until, type RunningModule } from '@lightpress/testing'
import { and, eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { AuthContext } from '../src/context.ts'
import { holdAccount } from '../src/hold-account.ts'
import { drawRecoveryCodes, makeFirstRecoveryCodes, parseRecoveryCode } from '../src/recovery-codes.ts'
import { allowance, auditEntry, lockout, recoveryCode, totp } from '../src/schema.ts'
import { addTotp, beginSignIn, codeOf, createGuarded, factorPaths as paths } from './factor-support.ts'
import { proveLongAgo } from './session-support.ts'
import { bearer, countWaiting, createAccount, createBrowser, start, type FakeUsers } from './support.ts'

let app: RunningModule & { users: FakeUsers }

beforeAll(async () => {
  app = await start()
})
afterAll(() => app.close())
afterEach(async () => {
  vi.restoreAllMocks()
  await db().delete(allowance)
  await db().delete(lockout)
})

function context() {
  return app.contextFor('auth') as unknown as AuthContext
}

function db() {
  return context().db
}

function make(accessToken: string) {
  return createBrowser(app.baseUrl).post<{ recoveryCodes: string[] } & Problem>(
    paths.makeCodes,
    {},
    bearer(accessToken),
  )
}

function confirm(accessToken: string, secret: string) {
  return createBrowser(app.baseUrl).post<{ recoveryCodes: string[] | null } & Problem>(
    paths.confirm,
    { code: codeOf(secret) },
    bearer(accessToken),
  )
}

async function challengeFor(email: string) {
  return (await beginSignIn(createBrowser(app.baseUrl), email)).body
}

/** Ends a sign-in with a code. */
async function verify(email: string, code: string) {
  const { challenge } = await challengeFor(email)
  return createBrowser(app.baseUrl).post(paths.verifyCode, { challenge, code })
}

async function codesLeft(accessToken: string) {
  const answer = await createBrowser(app.baseUrl).get<Credentials>(paths.credentials, bearer(accessToken))
  return answer.body.recoveryCodesLeft
}

async function acts(userId: string, action: AuditAction) {
  const entries = await db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
  const outbox = JSON.stringify((await app.outbox()).map(({ payload }) => payload))
  return { entries, told: entries.filter(({ id }) => outbox.includes(id)).length }
}

function storedFor(userId: string) {
  return db().select().from(recoveryCode).where(eq(recoveryCode.userId, userId))
}

const wrong = { status: 400, body: { reason: 'auth.code_wrong', errors: [{ path: 'code' }] } }

describe('recovery codes', () => {
  it('are ten, each another, in letters that are not taken for others', async () => {
    const { recoveryCodes } = await createGuarded(app)
    expect(new Set(recoveryCodes).size).toBe(10)
    for (const code of recoveryCodes) expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{5}-[0-9a-hjkmnp-tv-z]{5}$/)
  })

  it('use all of their alphabet, each letter as often as another', async () => {
    vi.spyOn(context().passwords, 'hashTogether').mockResolvedValue([])
    const drawn = await Promise.all(Array.from({ length: 30 }, () => drawRecoveryCodes(newId(), context())))
    const letters = drawn
      .flatMap(({ codes }) => codes)
      .join('')
      .replaceAll('-', '')
    const counts = new Map<string, number>()
    for (const letter of letters) counts.set(letter, (counts.get(letter) ?? 0) + 1)
    expect(counts.size).toBe(32)
    // 3,000 letters: 94 of each are to be expected, and six standard deviations are 57.
    for (const count of counts.values()) expect(Math.abs(count - letters.length / 32)).toBeLessThan(57)
  })

  it('are stored as argon2id under one salt a set, and nowhere as they are shown', async () => {
    const [one, other] = [await createGuarded(app), await createGuarded(app)]
    const saltOf = (hash: string) => /^\$argon2id\$v=19\$m=19456,t=2,p=1\$([\w+/]{22})\$[\w+/]{43}$/.exec(hash)![1]!
    const salts = await Promise.all(
      [one, other].map(async ({ user }) => new Set((await storedFor(user.id)).map(({ hash }) => saltOf(hash)))),
    )
    expect(salts.map(({ size }) => size)).toEqual([1, 1])
    expect([...salts[0]!][0]).not.toBe([...salts[1]!][0])
    const stored = JSON.stringify(await storedFor(one.user.id))
    for (const code of one.recoveryCodes) expect(stored).not.toContain(code.slice(0, 5))
  })

  it('are made with the first second factor only', async () => {
    const { user } = await createGuarded(app)
    const before = await storedFor(user.id)
    const drawn = await drawRecoveryCodes(user.id, context())
    await db().update(recoveryCode).set({ usedAt: new Date() }).where(eq(recoveryCode.userId, user.id))
    const answer = await context().withTx((tx) => makeFirstRecoveryCodes(tx, user.id, drawn, context()))
    expect(answer).toBeNull()
    expect((await storedFor(user.id)).map(({ hash }) => hash).sort()).toEqual(before.map(({ hash }) => hash).sort())
  })

  it('are drawn for one account so often only: each set is ten hashes, which others wait for', async () => {
    const { accessToken } = await createGuarded(app)
    const hashed = vi.spyOn(context().passwords, 'hashTogether')
    // The first set came with the app.
    for (let times = 0; times < 4; times++) expect((await make(accessToken)).status).toBe(200)
    const refused = await make(accessToken)
    expect(refused).toMatchObject({ status: 429, body: { reason: 'auth.too_many_attempts' } })
    expect(hashed).toHaveBeenCalledTimes(4)
    expect((await make((await createGuarded(app)).accessToken)).status).toBe(200)
  })

  it('are not drawn for whoever has some, and adds another factor', async () => {
    const { accessToken } = await createGuarded(app)
    const hashed = vi.spyOn(context().passwords, 'hashTogether')
    expect(await addTotp(app, accessToken)).toMatchObject({ recoveryCodes: null })
    expect(hashed).not.toHaveBeenCalled()
  })

  it('are drawn after all where the last factor goes while another one is added', async () => {
    const { accessToken, user } = await createGuarded(app)
    const { body } = await createBrowser(app.baseUrl).post<{ secret: string }>(paths.enroll, {}, bearer(accessToken))
    const confirming = await context().withTx(async (tx) => {
      await holdAccount(tx, user.id)
      const answer = confirm(accessToken, body.secret)
      await until(
        () => countWaiting(app),
        (waiting) => waiting > 0,
      )
      await tx.delete(recoveryCode).where(eq(recoveryCode.userId, user.id))
      return { answer }
    })
    const { status, body: confirmed } = await confirming.answer
    expect(status).toBe(200)
    expect(confirmed.recoveryCodes).toHaveLength(10)
    expect(await codesLeft(accessToken)).toBe(10)
  })

  it.each([
    ['0abcd-efg1h', '0abcdefg1h'],
    ['0ABCD-EFG1H', '0abcdefg1h'],
    ['0abcdefg1h', '0abcdefg1h'],
    [' 0ab cd efg 1h ', '0abcdefg1h'],
    ['0abcd–efg1h', '0abcdefg1h'],
    ['Oabcd-efgIh', '0abcdefg1h'],
    ['oabcd-efglh', '0abcdefg1h'],
    ['0abcd-efg1', undefined],
    ['0abcd-efg1h2', undefined],
    ['', undefined],
  ])('typed as %j are %j', (typed, code) => {
    expect(parseRecoveryCode(typed)).toBe(code)
  })
})

describe('a recovery code at the end of a sign-in', () => {
  it('is good once, and the person is told', async () => {
    const { email, accessToken, user, recoveryCodes } = await createGuarded(app)
    const code = recoveryCodes[3]!
    expect(await verify(email, code.toUpperCase().replace('-', ' '))).toMatchObject({
      status: 200,
      body: { user: { email } },
    })
    expect(await codesLeft(accessToken)).toBe(9)
    expect(await verify(email, code)).toMatchObject(wrong)
    const used = await acts(user.id, 'recovery_code_used')
    expect(used).toMatchObject({ entries: [{ actorId: user.id }], told: 1 })
    const signedIn = (await acts(user.id, 'signed_in')).entries
    expect(signedIn.at(-1)).toMatchObject({ method: 'password', factor: 'recovery_code' })
    expect((await verify(email, recoveryCodes[4]!)).status).toBe(200)
  })

  it('twenty times at once opens one session', async () => {
    const { email, user, recoveryCodes } = await createGuarded(app)
    const challenges: string[] = []
    for (let count = 0; count < 20; count++) challenges.push((await challengeFor(email)).challenge)
    const answers = await Promise.all(
      challenges.map((challenge) =>
        createBrowser(app.baseUrl).post(paths.verifyCode, { challenge, code: recoveryCodes[0] }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of answers) expect([200, 400, 429]).toContain(status)
    expect((await acts(user.id, 'recovery_code_used')).entries).toHaveLength(1)
  })

  it('is wrong when it is somebody else’s, or of a set that was replaced', async () => {
    const [one, other] = [await createGuarded(app), await createGuarded(app)]
    expect(await verify(one.email, other.recoveryCodes[0]!)).toMatchObject(wrong)
    await make(one.accessToken)
    expect(await verify(one.email, one.recoveryCodes[0]!)).toMatchObject(wrong)
  })

  it('takes one slow hash, whichever it is, and none for what cannot be a code', async () => {
    const { email, recoveryCodes } = await createGuarded(app)
    const [right, nonsense] = [(await challengeFor(email)).challenge, (await challengeFor(email)).challenge]
    const hashing = vi.spyOn(context().passwords, 'hashAs')
    const answer = (challenge: string, code: string) =>
      createBrowser(app.baseUrl).post(paths.verifyCode, { challenge, code })
    expect(await answer(nonsense, 'this is no code')).toMatchObject(wrong)
    expect(hashing).not.toHaveBeenCalled()
    expect((await answer(right, recoveryCodes[9]!)).status).toBe(200)
    expect(hashing).toHaveBeenCalledTimes(1)
  })

  it('is not asked for once all are used', async () => {
    const { email, accessToken, user, recoveryCodes } = await createGuarded(app)
    expect((await challengeFor(email)).factors).toEqual(['totp', 'recovery_code'])
    await db().update(recoveryCode).set({ usedAt: new Date() }).where(eq(recoveryCode.userId, user.id))
    expect((await challengeFor(email)).factors).toEqual(['totp'])
    expect(await verify(email, recoveryCodes[0]!)).toMatchObject(wrong)
    expect(await codesLeft(accessToken)).toBe(0)
  })
})

describe('making new recovery codes', () => {
  it('replaces all, and is told to the person', async () => {
    const { email, accessToken, user, recoveryCodes: old } = await createGuarded(app)
    await verify(email, old[0]!)
    const { status, body } = await make(accessToken)
    expect(status).toBe(200)
    expect(new Set([...body.recoveryCodes, ...old]).size).toBe(20)
    expect(await codesLeft(accessToken)).toBe(10)
    expect((await verify(email, body.recoveryCodes[9]!)).status).toBe(200)
    // Those of the beginning are an entry, too, of which nobody needed to be told.
    const made = await acts(user.id, 'recovery_codes_made')
    expect({ entries: made.entries.length, told: made.told }).toEqual({ entries: 2, told: 1 })
  })

  it('four times at once leaves one set of ten', async () => {
    const { accessToken, user } = await createGuarded(app)
    const answers = await Promise.all(Array.from({ length: 4 }, () => make(accessToken)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await storedFor(user.id)).toHaveLength(10)
  })

  it('takes a proof that is not older than ten minutes', async () => {
    const person = await createGuarded(app)
    const stale = await proveLongAgo(app, person, { minutes: 11 })
    expect(await make(stale)).toMatchObject({ status: 403, body: { reason: 'request.step_up_required' } })
  })

  it('is for whoever has a second factor, also when it is taken away meanwhile', async () => {
    const none = { status: 409, body: { reason: 'auth.no_second_factor' } }
    const { accessToken } = await createAccount(app)
    const hashing = vi.spyOn(context().passwords, 'hashTogether')
    expect(await make(accessToken)).toMatchObject(none)
    expect(hashing).not.toHaveBeenCalled()

    const losing = await createGuarded(app)
    const { hashTogether } = context().passwords
    vi.spyOn(context().passwords, 'hashTogether').mockImplementationOnce(async (texts) => {
      await db().delete(totp).where(eq(totp.userId, losing.user.id))
      return hashTogether(texts)
    })
    const before = (await storedFor(losing.user.id)).map(({ hash }) => hash).sort()
    expect(await make(losing.accessToken)).toMatchObject(none)
    expect((await storedFor(losing.user.id)).map(({ hash }) => hash).sort()).toEqual(before)
  })
})
