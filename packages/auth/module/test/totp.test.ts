import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditAction, Credentials } from '@lightpress/auth-contract'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { and, eq, sql } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { drawSecret, stepOf, uriOf } from '../src/authenticator.ts'
import type { AuthContext } from '../src/context.ts'
import { allowance, auditEntry, lockout, recoveryCode, totp } from '../src/schema.ts'
import {
  addTotp,
  beginSignIn,
  codeOf,
  createGuarded,
  endSignIn,
  factorPaths as paths,
  forgetUse,
  wrongCodeOf,
} from './factor-support.ts'
import { proveLongAgo } from './session-support.ts'
import { bearer, createAccount, createBrowser, start, startAnother, type FakeUsers } from './support.ts'

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

/** Asks as whoever holds the token. */
function ask<T = Problem>(accessToken: string, path: string, input: object = {}) {
  return createBrowser(app.baseUrl).post<T & Problem>(path, input, bearer(accessToken))
}

async function enroll(accessToken: string) {
  return (await ask<{ secret: string; uri: string }>(accessToken, paths.enroll)).body
}

async function credentialsOf(accessToken: string) {
  return (await createBrowser(app.baseUrl).get<Credentials>(paths.credentials, bearer(accessToken))).body
}

/** What is in the audit log, and what of it the person is told. */
async function acts(userId: string, action: AuditAction) {
  const entries = await db()
    .select()
    .from(auditEntry)
    .where(and(eq(auditEntry.userId, userId), eq(auditEntry.action, action)))
  const outbox = JSON.stringify((await app.outbox()).map(({ payload }) => payload))
  return { entries: entries.length, told: entries.filter(({ id }) => outbox.includes(id)).length }
}

async function challengeFor(email: string, browser = createBrowser(app.baseUrl), mode = 'token') {
  return (await beginSignIn(browser, email, { mode })).body.challenge
}

async function verify(email: string, code: string) {
  return endSignIn(createBrowser(app.baseUrl), await challengeFor(email), code)
}

const wrong = { status: 400, body: { reason: 'auth.code_wrong', errors: [{ path: 'code' }] } }
const locked = { status: 429, body: { reason: 'auth.too_many_attempts' } }

describe('a code', () => {
  // RFC 6238, appendix B: the last six of its eight digits.
  const vectors = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ] as const
  const secret = Secret.fromLatin1('12345678901234567890').base32

  it.each(vectors)('of %i seconds is %s', (seconds, code) => {
    expect(stepOf(code, secret, seconds * 1_000)).toBe(Math.floor(seconds / 30))
  })

  it.each([
    [-60, null],
    [-30, 66_666],
    [0, 66_666],
    [29, 66_666],
    [30, 66_666],
    [60, null],
  ])('is taken by a clock that is %i seconds ahead: %j', (ahead, step) => {
    const begun = 66_666 * 30
    const app = new TOTP({ secret, algorithm: 'SHA1', digits: 6, period: 30 })
    const shown = app.generate({ timestamp: begun * 1_000 })
    expect(stepOf(shown, secret, (begun + ahead) * 1_000)).toBe(step)
  })

  it.each(['005 924', ' 005924 ', '00 59 24', '005\u00a0924'])('may be typed as %j', (typed) => {
    expect(stepOf(typed, secret, 1_234_567_890_000)).toBe(41_152_263)
  })

  it.each(['', '5924', '0059240', '00592a', '００５９２４', 'äöüäöü', '-05924', '005924.0', '٠٠٥٩٢٤'])(
    'is not %j',
    (typed) => expect(stepOf(typed, secret, 1_234_567_890_000)).toBeNull(),
  )

  it('comes of a secret of 160 bits, each another', () => {
    const secrets = Array.from({ length: 50 }, drawSecret)
    expect(new Set(secrets).size).toBe(50)
    for (const drawn of secrets) expect(Secret.fromBase32(drawn).bytes).toHaveLength(20)
  })

  it('is set up by a URI that says whose it is and where', () => {
    const uri = new URL(uriOf(secret, 'ada+test@example.com'))
    expect(decodeURIComponent(uri.pathname)).toContain('Lightpress:ada+test@example.com')
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Lightpress',
      secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
  })
})

describe('setting up an authenticator app', () => {
  it('changes nothing until it is confirmed', async () => {
    const { email, accessToken, user } = await createAccount(app)
    const { secret, uri } = await enroll(accessToken)
    expect(new URL(uri).searchParams.get('secret')).toBe(secret)
    expect(decodeURIComponent(uri)).toContain(email)
    expect(await credentialsOf(accessToken)).toMatchObject({ totp: null, recoveryCodesLeft: null })
    expect((await beginSignIn(createBrowser(app.baseUrl), email)).body).toHaveProperty('accessToken')
    expect(await acts(user.id, 'totp_added')).toEqual({ entries: 0, told: 0 })
  })

  it('is confirmed by a first code, gives ten recovery codes, and is told to the person', async () => {
    const { email, accessToken, user } = await createAccount(app)
    const { secret } = await enroll(accessToken)
    expect(await ask(accessToken, paths.confirm, { code: wrongCodeOf(secret) })).toMatchObject(wrong)
    expect(await credentialsOf(accessToken)).toMatchObject({ totp: null })
    const code = codeOf(secret)
    const { body } = await ask<{ recoveryCodes: string[] }>(accessToken, paths.confirm, { code })
    expect(new Set(body.recoveryCodes).size).toBe(10)
    expect(await credentialsOf(accessToken)).toMatchObject({
      password: true,
      totp: { confirmedAt: expect.any(String) },
      recoveryCodesLeft: 10,
    })
    expect(await acts(user.id, 'totp_added')).toEqual({ entries: 1, told: 1 })
    // Told of the app, and shown the codes.
    expect(await acts(user.id, 'recovery_codes_made')).toEqual({ entries: 1, told: 0 })
    // The code that confirmed it is used up.
    expect(await verify(email, code)).toMatchObject(wrong)
  })

  it('takes a proof that is not older than ten minutes', async () => {
    const person = await createAccount(app)
    const stale = await proveLongAgo(app, person, { minutes: 11 })
    for (const path of [paths.enroll, paths.confirm, paths.disable])
      expect(await ask(stale, path, { code: '123456' })).toMatchObject({
        status: 403,
        body: { reason: 'request.step_up_required' },
      })
    expect(await db().$count(totp, eq(totp.userId, person.user.id))).toBe(0)
  })

  it('cannot be confirmed before it is begun, nor twice', async () => {
    const { accessToken } = await createAccount(app)
    const notEnrolled = { status: 409, body: { reason: 'auth.totp_not_enrolled' } }
    expect(await ask(accessToken, paths.confirm, { code: '123456' })).toMatchObject(notEnrolled)
    const { secret } = await addTotp(app, accessToken)
    expect(await ask(accessToken, paths.confirm, { code: codeOf(secret, 1) })).toMatchObject(notEnrolled)
  })

  it('five times at once is done once, with one set of recovery codes', async () => {
    const { accessToken, user } = await createAccount(app)
    const { secret } = await enroll(accessToken)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        ask<{ recoveryCodes: unknown }>(accessToken, paths.confirm, { code: codeOf(secret) }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409])
    expect(await acts(user.id, 'totp_added')).toEqual({ entries: 1, told: 1 })
    expect(await db().$count(recoveryCode, eq(recoveryCode.userId, user.id))).toBe(10)
  })

  it('counts the one that was made last', async () => {
    const { accessToken } = await createAccount(app)
    const first = await enroll(accessToken)
    const last = await enroll(accessToken)
    expect(await ask(accessToken, paths.confirm, { code: codeOf(first.secret) })).toMatchObject(wrong)
    expect((await ask(accessToken, paths.confirm, { code: codeOf(last.secret) })).status).toBe(200)
  })

  it('lets nobody try codes without end', async () => {
    const { accessToken } = await createAccount(app)
    const { secret } = await enroll(accessToken)
    const code = wrongCodeOf(secret)
    for (let guess = 0; guess < 10; guess++)
      expect(await ask(accessToken, paths.confirm, { code })).toMatchObject(wrong)
    expect(await ask(accessToken, paths.confirm, { code: codeOf(secret) })).toMatchObject(locked)
  })

  it('instead of another keeps that one, and the recovery codes, until it is confirmed', async () => {
    const { email, accessToken, secret: old, user } = await createGuarded(app)
    const { secret } = await enroll(accessToken)
    expect((await verify(email, codeOf(old))).status).toBe(200)
    expect(await verify(email, codeOf(secret, 1))).toMatchObject(wrong)
    const confirmed = await ask(accessToken, paths.confirm, { code: codeOf(secret) })
    expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: null } })
    expect(await verify(email, codeOf(old, 1))).toMatchObject(wrong)
    expect((await verify(email, codeOf(secret, 1))).status).toBe(200)
    expect(await credentialsOf(accessToken)).toMatchObject({ recoveryCodesLeft: 10 })
    expect(await acts(user.id, 'totp_added')).toEqual({ entries: 2, told: 2 })
  })

  it('leaves nothing in the database that a code could be made of', async () => {
    const { accessToken, secret, user } = await createGuarded(app)
    const { secret: candidate } = await enroll(accessToken)
    const { rows: tables } = await db().execute<{ name: string }>(
      sql`select format('%I.%I', table_schema, table_name) as name from information_schema.tables
          where table_schema = 'auth' and table_type = 'BASE TABLE'`,
    )
    expect(tables.length).toBeGreaterThan(15)
    let dump = ''
    for (const { name } of tables) {
      const { rows } = await db().execute(sql.raw(`select t::text as line from ${name} t`))
      dump += JSON.stringify(rows)
    }
    expect(dump).toContain(user.id)
    for (const one of [secret, candidate]) {
      const { bytes } = Secret.fromBase32(one)
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const)
        expect(dump).not.toContain(Buffer.from(bytes).toString(encoding))
      expect(dump).not.toContain(one)
    }
  })

  it('seals the secret for its owner', async () => {
    const { user, secret } = await createGuarded(app)
    const { vault, secrets } = app.contextFor('auth') as unknown as AuthContext
    const [row] = await db().select().from(totp).where(eq(totp.userId, user.id))
    const other = await createGuarded(app)
    expect(vault.open('totp-secret', row!.sealedSecret!, user.id)).toBe(secret)
    expect(() => vault.open('totp-secret', row!.sealedSecret!, other.user.id)).toThrow()
    expect(() => secrets.open('totp-secret', row!.sealedSecret!, user.id)).toThrow()
  })
})

/** So that the step is the same yet when a code arrives: a sign-in takes its time. */
async function stepWithRoom() {
  const left = 30_000 - (Date.now() % 30_000)
  if (left < 10_000) await sleep(left)
}

describe('a code at the end of a sign-in', () => {
  it.each([-1, 0, 1])('is taken from a clock that is %i steps off', async (ahead) => {
    const { email, secret } = await createGuarded(app)
    await stepWithRoom()
    const { status, body } = await verify(email, codeOf(secret, ahead))
    expect({ status, user: body.user?.email }).toEqual({ status: 200, user: email })
  })

  it('is not taken from one that is further off', async () => {
    const { email, secret } = await createGuarded(app)
    // Three, because the step may be another by the time it arrives.
    for (const ahead of [-2, 3]) expect(await verify(email, codeOf(secret, ahead))).toMatchObject(wrong)
  })

  it('is good once, and none that is older after it', async () => {
    const { email, secret } = await createGuarded(app)
    const [now, next] = [codeOf(secret), codeOf(secret, 1)]
    expect((await verify(email, next)).status).toBe(200)
    expect(await verify(email, next)).toMatchObject(wrong)
    expect(await verify(email, now)).toMatchObject(wrong)
  })

  it('twenty times at once opens one session', async () => {
    const { email, secret } = await createGuarded(app)
    const challenges = []
    for (let count = 0; count < 20; count++) challenges.push(await challengeFor(email))
    const code = codeOf(secret)
    const answers = await Promise.all(
      challenges.map((challenge) => endSignIn(createBrowser(app.baseUrl), challenge, code)),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    for (const { status } of answers) expect([200, 400, 429]).toContain(status)
  })

  it('is good in every process of the environment, and once in all of them', async () => {
    const { email, secret } = await createGuarded(app)
    const another = await startAnother(app)
    try {
      const [here, there] = [await challengeFor(email), await challengeFor(email)]
      const code = codeOf(secret)
      expect((await endSignIn(createBrowser(another.baseUrl), there, code)).status).toBe(200)
      expect(await endSignIn(createBrowser(app.baseUrl), here, code)).toMatchObject(wrong)
    } finally {
      await another.close()
    }
  })

  it('is wrong when it is somebody else’s', async () => {
    const [one, other] = [await createGuarded(app), await createGuarded(app)]
    expect(await verify(one.email, codeOf(other.secret))).toMatchObject(wrong)
  })

  it('is worth nothing once the app is turned off', async () => {
    const { email, accessToken, secret } = await createGuarded(app)
    const challenge = await challengeFor(email)
    await ask(accessToken, paths.disable)
    expect(await endSignIn(createBrowser(app.baseUrl), challenge, codeOf(secret))).toMatchObject(wrong)
  })

  it('cannot be guessed at by who has the password, which keeps the owner’s browser from nothing', async () => {
    const { email, secret, user } = await createGuarded(app)
    const owners = createBrowser(app.baseUrl)
    const before = await challengeFor(email, owners, 'cookie')
    expect((await endSignIn(owners, before, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
    await forgetUse(app, user.id)

    const challenge = await challengeFor(email)
    const guess = (code: string) => endSignIn(createBrowser(app.baseUrl), challenge, code)
    for (let count = 0; count < 10; count++) expect(await guess(wrongCodeOf(secret))).toMatchObject(wrong)
    expect(await guess(codeOf(secret))).toMatchObject(locked)
    expect(await acts(user.id, 'second_factor_failed')).toMatchObject({ entries: 10 })
    expect(await acts(user.id, 'second_factor_locked')).toMatchObject({ entries: 1 })

    const again = await challengeFor(email, owners, 'cookie')
    expect((await endSignIn(owners, again, codeOf(secret), { mode: 'cookie' })).status).toBe(200)
    // And the stranger is still where they were.
    await forgetUse(app, user.id)
    expect(await guess(codeOf(secret))).toMatchObject(locked)
  })

  it('of a new app wins back no guesses at the one in force', async () => {
    const { accessToken, secret } = await createGuarded(app)
    const guess = (code: string) => ask(accessToken, paths.stepUp, { proof: { kind: 'totp', code } })
    for (let count = 0; count < 10; count++) await guess(wrongCodeOf(secret))
    const { secret: candidate } = await enroll(accessToken)
    expect((await ask(accessToken, paths.confirm, { code: codeOf(candidate) })).status).toBe(200)
    expect(await guess(codeOf(candidate, 1))).toMatchObject(locked)
  })
})

describe('turning the authenticator app off', () => {
  it('takes it and its recovery codes away, is told once, and again is the same', async () => {
    const { email, accessToken, user } = await createGuarded(app)
    for (const time of ['first', 'second']) {
      const off = await ask<{ status: string }>(accessToken, paths.disable)
      expect({ time, ...off }).toMatchObject({ time, status: 200, body: { status: 'disabled' } })
    }
    expect(await acts(user.id, 'totp_removed')).toEqual({ entries: 1, told: 1 })
    expect(await credentialsOf(accessToken)).toMatchObject({ totp: null, recoveryCodesLeft: null })
    expect(await db().$count(recoveryCode, eq(recoveryCode.userId, user.id))).toBe(0)
    expect((await beginSignIn(createBrowser(app.baseUrl), email)).body).toHaveProperty('accessToken')
  })

  it('gives up one that was never confirmed without a word', async () => {
    const { accessToken, user } = await createAccount(app)
    const { secret } = await enroll(accessToken)
    expect((await ask(accessToken, paths.disable)).status).toBe(200)
    expect(await acts(user.id, 'totp_removed')).toEqual({ entries: 0, told: 0 })
    expect((await ask(accessToken, paths.confirm, { code: codeOf(secret) })).status).toBe(409)
  })
})
