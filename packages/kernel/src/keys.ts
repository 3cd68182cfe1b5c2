import { createPublicKey } from 'node:crypto'
import { AppError, type VerificationKey } from '@lightpress/protocol'

const ASK_AT_MOST_EVERY = 1_000
const REFRESH = 60_000

/** The public keys that access tokens may be signed with, by `kid`; asked for when needed, and every minute. */
export function createKeyRing(read: () => Promise<{ keys: VerificationKey[] }>) {
  let keys = new Map<string, string>()
  let edition = 0
  let askedAt = 0
  let asking: Promise<void> | undefined

  const ask = () =>
    (asking ??= read()
      .then((answer) => {
        const before = keys
        keys = new Map(answer.keys.map((key) => [key.kid, toPem(key)]))
        if (keys.size !== before.size || [...keys].some(([kid, pem]) => before.get(kid) !== pem)) edition++
      })
      .finally(() => {
        askedAt = Date.now()
        asking = undefined
      }))

  const refresh = () => {
    if (keys.size > 0 && Date.now() - askedAt > REFRESH) ask().catch(() => undefined)
  }

  return {
    /** Changes when a key comes or goes: what was verified before that must be verified again. */
    edition(): number {
      refresh()
      return edition
    },
    /** The PEM of a key. An unknown `kid` asks again, at most once a second; then it is refused. */
    async find(kid: unknown): Promise<string> {
      if (typeof kid !== 'string')
        throw new AppError('unauthenticated', 'request.token_invalid', 'The access token names no key.')
      refresh()
      const known = keys.get(kid)
      if (known) return known
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
