import { expect } from 'vitest'
import type { Confidant } from './confidant.ts'
import type { Answer } from './send.ts'
import { totpCode } from './totp.ts'

/** Somebody who is signed in, and has just proved who they are. */
interface Walker {
  email: string
  password: string
  bearer: Record<string, string>
}

interface Held {
  bearer: Record<string, string>
  refreshToken: string
}

interface Tokens {
  accessToken: string
  refreshToken: string
}

/** What this comes by. */
export const factorKinds = [
  'an API key',
  'the secret of an API key',
  'the link token of /sign-in/link',
  'the cookie lightpress_browser',
  'the secret of an authenticator app',
  'a recovery code',
  'a challenge',
  'a ticket of a passkey',
  'the link token of /recover/cancel',
]

/**
 * Everything beside passwords that lets somebody in, made and used as it should be, and once as it should not. Answers
 * what they hold at the end: a step-up puts another session in the place of theirs.
 */
export async function walkFactors(confidant: Confidant, walker: Walker): Promise<Held> {
  await useApiKey(confidant, walker)
  await followMagicLink(confidant, walker)
  const recoveryCodes = await addAuthenticator(confidant, walker)
  return useSecondFactors(confidant, { ...walker, recoveryCodes })
}

async function useApiKey({ call, keep }: Confidant, { bearer }: Walker): Promise<void> {
  const wish = { name: 'CI', scopes: ['billing:read'], expiresAt: null }
  const made = await call('/v1/auth/api-keys', { body: wish, headers: bearer })
  const { key } = done<{ key: string }>(made, 201)
  keep('an API key', key)
  keep('the secret of an API key', key.split('_')[2])
  const ask = (token: string, path = '/v1/billing/subscription') =>
    call(path, { method: 'GET', headers: { authorization: `Bearer ${token}` } })
  done(await ask(key))
  done(await ask(key, '/v1/auth/sessions'), 403)
  const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
  done(await ask(keep('an API key', wrong)), 401)
}

async function followMagicLink({ call, linkToken, cookiesOf }: Confidant, { email }: Walker): Promise<void> {
  const asked = await call('/v1/auth/magic-link', { body: { email } })
  done(asked, 202)
  const token = await linkToken(email, '/sign-in/link')
  await call('/v1/auth/magic-link/sign-in', { body: { token } })
  done(await call('/v1/auth/magic-link/sign-in', { body: { token }, headers: cookiesOf(asked) }))
}

async function addAuthenticator({ call, keep }: Confidant, { bearer: headers }: Walker): Promise<string[]> {
  const { secret } = done<{ secret: string }>(await call('/v1/auth/totp/enroll', { body: {}, headers }))
  keep('the secret of an authenticator app', secret)
  const confirmed = await call('/v1/auth/totp/confirm', { body: { code: totpCode(secret) }, headers })
  const { recoveryCodes } = done<{ recoveryCodes: string[] }>(confirmed)
  for (const code of recoveryCodes) keep('a recovery code', code)
  const { ticket } = done<{ ticket: string }>(await call('/v1/auth/passkeys/registration', { body: {}, headers }))
  keep('a ticket of a passkey', ticket)
  return recoveryCodes
}

async function useSecondFactors(
  { call, keep, linkToken }: Confidant,
  { email, password, bearer, recoveryCodes: [first = '', second = ''] }: Walker & { recoveryCodes: string[] },
): Promise<Held> {
  const signIn = async () => {
    const { challenge } = done<{ challenge: string }>(await call('/v1/auth/sign-in', { body: { email, password } }))
    return keep('a challenge', challenge)
  }
  const challenge = await signIn()
  await call('/v1/auth/totp/verify', { body: { challenge, code: first } })
  done(await call('/v1/auth/recovery-codes/verify', { body: { challenge, code: first } }))
  await call('/v1/auth/recovery-codes/verify', { body: { challenge, code: first } })
  const proof = { kind: 'recovery_code', code: second }
  const proved = done<Tokens>(await call('/v1/auth/step-up', { body: { proof }, headers: bearer }))
  await call('/v1/auth/step-up', { body: { proof }, headers: bearer })

  done(await call('/v1/auth/recovery', { body: { challenge: await signIn() } }), 202)
  const token = await linkToken(email, '/recover/cancel')
  done(await call('/v1/auth/recovery/cancel', { body: { token } }))
  return { bearer: { authorization: `Bearer ${proved.accessToken}` }, refreshToken: proved.refreshToken }
}

function done<T>({ status, text, json }: Answer, expected = 200): T {
  expect(status, text).toBe(expected)
  return json as T
}
