import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { keysFrom } from '@lightpress/kernel'
import type { TicketPurpose } from './tickets.ts'

/** What the environment's key is used for; each has a key of its own (HKDF, RFC 5869), so none can stand for another. */
type Purpose =
  | LinkPurpose
  | 'refresh-successor'
  | 'allowance'
  | 'lockout'
  | 'device'
  | 'signing-key'
  | 'totp-secret'
  | 'oidc-verifier'
  | 'oidc-nonce'

/** What the links in mails, and tickets, are good for. */
export type LinkPurpose =
  | 'registration-token'
  | 'password-reset-token'
  | 'email-change-old-token'
  | 'email-change-new-token'
  | 'recovery-cancel-token'
  | 'recovery-complete-token'
  | `ticket-${TicketPurpose}`

/** `environmentKeys` is a `SecretKey`: what is made is made under the first key, what was made under another is known. */
export function createSecrets(environmentKeys: string) {
  const roots = keysFrom(environmentKeys)
  const derived = new Map<Purpose, Buffer[]>()
  const keysOf = (purpose: Purpose) => {
    let keys = derived.get(purpose)
    if (!keys) {
      keys = roots.map((root) => Buffer.from(hkdfSync('sha256', root, '', `lightpress.auth.${purpose}`, 32)))
      derived.set(purpose, keys)
    }
    return keys
  }
  const keyOf = (purpose: Purpose) => keysOf(purpose)[0] as Buffer
  const macUnder = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest('base64url')

  return {
    /** HMAC-SHA-256, as base64url. */
    mac: (purpose: Purpose, text: string): string => macUnder(keyOf(purpose), text),

    /** The same under each key that is known, that of now first. */
    macs: (purpose: Purpose, text: string): string[] => keysOf(purpose).map((key) => macUnder(key, text)),

    /** In constant time. */
    isMac: (purpose: Purpose, given: string, text: string): boolean =>
      keysOf(purpose)
        .map((key) => isSame(given, macUnder(key, text)))
        .includes(true),

    /** AES-256-GCM. What is sealed can be opened only as what it was sealed as. */
    seal(purpose: Purpose, plain: string, as: string): string {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(purpose), iv).setAAD(Buffer.from(as))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },

    /** Throws when none of the keys is the one or the text was changed. */
    open: (purpose: Purpose, sealed: string, as: string): string => firstThatOpens(keysOf(purpose), sealed, as).plain,

    /** Whether it is sealed under the key of now; throws as `open` does. */
    isCurrent: (purpose: Purpose, sealed: string, as: string): boolean =>
      firstThatOpens(keysOf(purpose), sealed, as).at === 0,
  }
}

function firstThatOpens(keys: readonly Buffer[], sealed: string, as: string): { plain: string; at: number } {
  for (const [at, key] of keys.entries()) {
    try {
      return { plain: openUnder(key, sealed, as), at }
    } catch (error) {
      if (at === keys.length - 1) throw error
    }
  }
  throw new TypeError('There is no key')
}

function openUnder(key: Buffer, sealed: string, as: string): string {
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(as)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}

export type Secrets = ReturnType<typeof createSecrets>

/** 256 random bits: a secret that needs no slow hash, because nobody can guess it. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is stored of a random secret. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** In constant time; texts of different length are different. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
