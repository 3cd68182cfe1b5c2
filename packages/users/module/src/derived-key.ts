import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** What SECRETS_ENCRYPTION_KEY is used for here. */
type Purpose = 'invitation-token' | 'upload-address' | 'sending'

export interface DerivedKey {
  /** HMAC-SHA-256, as base64url. */
  mac(text: string): string
  /** In constant time; texts of different length are different. */
  isMac(mac: string, text: string): boolean
}

/** A key of its own for each purpose (HKDF, RFC 5869), so that a MAC for one of them can stand for none of another. */
export function deriveKey(secret: string, purpose: Purpose): DerivedKey {
  const root = Buffer.from(secret, 'base64')
  const key = Buffer.from(hkdfSync('sha256', root, '', `lightpress.users.${purpose}`, 32))
  const mac = (text: string) => createHmac('sha256', key).update(text).digest('base64url')
  return {
    mac,
    isMac(given, text) {
      const [left, right] = [Buffer.from(given), Buffer.from(mac(text))]
      return left.length === right.length && timingSafeEqual(left, right)
    },
  }
}
