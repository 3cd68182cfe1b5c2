import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { keysFrom } from '@lightpress/kernel'

/** What SECRETS_ENCRYPTION_KEY is used for here. */
type Purpose = 'invitation-token' | 'upload-address' | 'sending'

export interface DerivedKey {
  /** HMAC-SHA-256, as base64url. */
  mac: (text: string) => string
  /** In constant time; texts of different length are different. */
  isMac(mac: string, text: string): boolean
}

/**
 * A key of its own for each purpose (HKDF, RFC 5869), so that a MAC for one of them can stand for none of another. `secret` is a
 * `SecretKey`: what is made is made under the first key, what was made under another is known.
 */
export function deriveKey(secret: string, purpose: Purpose): DerivedKey {
  const keys = keysFrom(secret).map((root) =>
    Buffer.from(hkdfSync('sha256', root, '', `lightpress.users.${purpose}`, 32)),
  )
  const macUnder = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    mac: (text) => macUnder(keys[0] as Buffer, text),
    isMac: (given, text) => keys.map((key) => isSame(given, macUnder(key, text))).includes(true),
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
