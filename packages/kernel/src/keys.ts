import { createPublicKey } from 'node:crypto'
import { AppError, type VerificationKey } from '@lightpress/protocol'

const ASK_AT_MOST_EVERY = 1_000
const REFRESH = 60_000

/** The public keys that access tokens may be signed with, by `kid`; asked for when needed, and every minute. */
export function createKeyRing(read: () => Promise<{ keys: VerificationKey[] }>) {
  let keys = new Map<string, string>()
  let askedAt = 0
  let asking: Promise<void> | undefined

  const ask = () =>
    (asking ??= read()
      .then((answer) => {
        keys = new Map(answer.keys.map((key) => [key.kid, toPem(key)]))
      })
      .finally(() => {
        askedAt = Date.now()
        asking = undefined
      }))

  return {
    /** The PEM of a key. An unknown `kid` asks again, at most once a second; then it is refused. */
    async find(kid: unknown): Promise<string> {
      if (typeof kid !== 'string')
        throw new AppError('unauthenticated', 'request.token_invalid', 'The access token names no key.')
      const known = keys.get(kid)
      if (known) {
        if (Date.now() - askedAt > REFRESH) ask().catch(() => undefined)
        return known
      }
      if (keys.size === 0 || Date.now() - askedAt > ASK_AT_MOST_EVERY) await ask()
      const found = keys.get(kid)
      if (!found)
        throw new AppError(
          'unauthenticated',
          'request.token_invalid',
          'The access token is signed with a key that is not in use.',
        )
      return found
    },
  }
}

export type KeyRing = ReturnType<typeof createKeyRing>

function toPem({ kty, crv, x }: VerificationKey): string {
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
}
