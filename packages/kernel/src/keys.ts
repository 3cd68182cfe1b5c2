import type { VerificationKey } from '@lightpress/protocol'
import { createTokenVerifier, type VerifyToken } from './token-verifier.ts'

const ASK_AT_MOST_EVERY = 1_000
const REFRESH = 60_000

interface Known {
  x: string
  verify: VerifyToken
}

/** The public keys that access tokens may be signed with, by `kid`; asked for when needed, and every minute. */
export function createKeyRing(read: () => Promise<{ keys: VerificationKey[] }>, publicUrl: string) {
  let keys = new Map<string, Known>()
  let askedAt = 0
  let asking: Promise<void> | undefined

  const ask = () =>
    (asking ??= read()
      .then((answer) => {
        keys = new Map(answer.keys.map((key) => [key.kid, keep(keys.get(key.kid), key)]))
      })
      .finally(() => {
        askedAt = Date.now()
        asking = undefined
      }))

  const keep = (known: Known | undefined, key: VerificationKey): Known =>
    known?.x === key.x ? known : { x: key.x, verify: createTokenVerifier(key, publicUrl) }

  return {
    /** The verifier of what a key has signed. An unknown `kid` asks again, at most once a second; then it is refused. */
    async find(kid: unknown): Promise<VerifyToken> {
      if (typeof kid !== 'string') throw new Error('It names no key')
      const known = keys.get(kid)
      if (known) {
        if (Date.now() - askedAt > REFRESH) ask().catch(() => undefined)
        return known.verify
      }
      if (keys.size === 0 || Date.now() - askedAt > ASK_AT_MOST_EVERY) await ask()
      const found = keys.get(kid)
      if (!found) throw new Error('It is signed with a key that is not in use')
      return found.verify
    },
  }
}

export type KeyRing = ReturnType<typeof createKeyRing>
