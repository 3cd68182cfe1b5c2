import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { keysFrom } from './config.ts'

/** What a module makes and knows under keys of the environment; `Purpose` says what for. */
export interface Secrets<Purpose extends string> {
  /** HMAC-SHA-256, as base64url. */
  mac(purpose: Purpose, text: string): string
  /** The same under each key that is known, that of now first. */
  macs(purpose: Purpose, text: string): string[]
  /** In constant time; texts of different length are different. */
  isMac(purpose: Purpose, given: string, text: string): boolean
  /** AES-256-GCM, as base64url. What is sealed can be opened only as what it was sealed as. */
  seal(purpose: Purpose, plain: string, as: string): string
  /** Throws when none of the keys is the one or the text was changed. */
  open(purpose: Purpose, sealed: string, as: string): string
  /** Whether it is sealed under the key of now; throws as `open` does. */
  isCurrent(purpose: Purpose, sealed: string, as: string): boolean
}

/**
 * Each purpose of each module has a key of its own (HKDF, RFC 5869), so that none can stand for another. `environmentKeys` is
 * a `SecretKey`: what is made is made under the first key, what was made under another is known.
 */
export function createSecrets<Purpose extends string>(module: string, environmentKeys: string): Secrets<Purpose> {
  const roots = keysFrom(environmentKeys)
  const derived = new Map<Purpose, Buffer[]>()
  const keysOf = (purpose: Purpose) => {
    let keys = derived.get(purpose)
    if (!keys) {
      keys = roots.map((root) => Buffer.from(hkdfSync('sha256', root, '', `lightpress.${module}.${purpose}`, 32)))
      derived.set(purpose, keys)
    }
    return keys
  }
  const keyOf = (purpose: Purpose) => keysOf(purpose)[0] as Buffer

  return {
    mac: (purpose, text) => macUnder(keyOf(purpose), text),
    macs: (purpose, text) => keysOf(purpose).map((key) => macUnder(key, text)),
    isMac: (purpose, given, text) =>
      keysOf(purpose)
        .map((key) => equalInConstantTime(given, macUnder(key, text)))
        .includes(true),
    seal(purpose, plain, as) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(purpose), iv).setAAD(Buffer.from(as))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open: (purpose, sealed, as) => firstThatOpens(keysOf(purpose), sealed, as).plain,
    isCurrent: (purpose, sealed, as) => firstThatOpens(keysOf(purpose), sealed, as).at === 0,
  }
}

function macUnder(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
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

/** In constant time; texts of different length are different. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
