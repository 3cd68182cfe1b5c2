import { createSecrets } from '@lightpress/kernel'

/** What SECRETS_ENCRYPTION_KEY is used for here. */
type Purpose = 'invitation-token' | 'upload-address' | 'sending'

/** The key of one purpose: what bears its MAC can stand for nothing of another. */
export interface DerivedKey {
  /** HMAC-SHA-256, as base64url. */
  mac: (text: string) => string
  /** In constant time; texts of different length are different. */
  isMac(mac: string, text: string): boolean
}

/** `secret` is a `SecretKey`. */
export function deriveKey(secret: string, purpose: Purpose): DerivedKey {
  const secrets = createSecrets<Purpose>('users', secret)
  return {
    mac: (text) => secrets.mac(purpose, text),
    isMac: (given, text) => secrets.isMac(purpose, given, text),
  }
}
