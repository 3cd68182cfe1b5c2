import type { SecondFactorRequired, SignedIn } from '@lightpress/auth-contract'
import type { Problem } from '@lightpress/protocol'
import type { RunningModule } from '@lightpress/testing'
import { eq } from 'drizzle-orm'
import { TOTP } from 'otpauth'
import { totp } from '../src/schema.ts'
import { bearer, createAccount, createBrowser, password, type Browser } from './support.ts'

export const factorPaths = {
  signIn: '/v1/auth/sign-in',
  stepUp: '/v1/auth/step-up',
  credentials: '/v1/auth/credentials',
  enroll: '/v1/auth/totp/enroll',
  confirm: '/v1/auth/totp/confirm',
  disable: '/v1/auth/totp/disable',
  verifyTotp: '/v1/auth/totp/verify',
  makeCodes: '/v1/auth/recovery-codes',
  verifyCode: '/v1/auth/recovery-codes/verify',
}

/** What an authenticator app shows that has the secret; `ahead` of now by so many steps of thirty seconds. */
export function codeOf(secret: string, ahead = 0): string {
  return new TOTP({ secret, algorithm: 'SHA1', digits: 6, period: 30 }).generate({
    timestamp: Date.now() + ahead * 30_000,
  })
}

/** A code that is wrong in every step that would be taken. */
export function wrongCodeOf(secret: string): string {
  const right = [-2, -1, 0, 1, 2].map((ahead) => codeOf(secret, ahead))
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code))!
}

/** Lets time pass since the last code that was taken, so that the one of now is new. */
export async function forgetUse(app: RunningModule, userId: string): Promise<void> {
  await app.contextFor('auth').db.update(totp).set({ lastStep: 0 }).where(eq(totp.userId, userId))
}

/** Sets an authenticator app up for whoever holds the token, by its API. */
export async function addTotp(app: RunningModule, accessToken: string) {
  const ask = createBrowser(app.baseUrl)
  const enrolled = await ask.post<{ secret: string; uri: string }>(factorPaths.enroll, {}, bearer(accessToken))
  const { secret } = enrolled.body
  const confirmed = await ask.post<{ recoveryCodes: string[] | null } & Problem>(
    factorPaths.confirm,
    { code: codeOf(secret) },
    bearer(accessToken),
  )
  if (confirmed.status !== 200)
    throw new Error(`confirm answered ${confirmed.status}: ${JSON.stringify(confirmed.body)}`)
  return { ...enrolled.body, recoveryCodes: confirmed.body.recoveryCodes }
}

/** Somebody with an authenticator app, signed in as a program; the code of now is good. */
export async function createGuarded(app: RunningModule) {
  const person = await createAccount(app)
  const { secret, recoveryCodes } = await addTotp(app, person.accessToken)
  await forgetUse(app, person.user.id)
  return { ...person, secret, recoveryCodes: recoveryCodes! }
}

type Begun = SecondFactorRequired & SignedIn & Problem

/** The first half of a sign-in. */
export function beginSignIn(browser: Browser, email: string, { mode = 'token', words = password } = {}) {
  return browser.post<Begun>(factorPaths.signIn, { email, password: words, mode })
}

/** The second half, by a code of the app. */
export function endSignIn(browser: Browser, challenge: string, code: string, { mode = 'token' } = {}) {
  return browser.post(factorPaths.verifyTotp, { challenge, code, mode })
}
