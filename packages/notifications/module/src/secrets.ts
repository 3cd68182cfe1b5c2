import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** What SECRETS_ENCRYPTION_KEY is used for here; each has a key of its own (HKDF, RFC 5869), so none can stand for another. */
export type Purpose = 'webhook-secret' | 'unsubscribe'

export function createSecrets(environmentKey: string) {
  const root = Buffer.from(environmentKey, 'base64')
  const keys = new Map<Purpose, Buffer>()
  const keyOf = (purpose: Purpose) => {
    let key = keys.get(purpose)
    if (!key)
      keys.set(purpose, (key = Buffer.from(hkdfSync('sha256', root, '', `lightpress.notifications.${purpose}`, 32))))
    return key
  }
  const mac = (purpose: Purpose, text: string) => createHmac('sha256', keyOf(purpose)).update(text).digest('base64url')

  return {
    /** HMAC-SHA-256, as base64url. */
    mac,

    /** In constant time; texts of different length are different. */
    isMac(purpose: Purpose, given: string, text: string): boolean {
      const [left, right] = [Buffer.from(given), Buffer.from(mac(purpose, text))]
      return left.length === right.length && timingSafeEqual(left, right)
    },

    /** AES-256-GCM. What is sealed can be opened only as what it was sealed as. */
    seal(purpose: Purpose, plain: string, as: string): string {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', keyOf(purpose), iv).setAAD(Buffer.from(as))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },

    /** Throws when the key is another one or the text was changed. */
    open(purpose: Purpose, sealed: string, as: string): string {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', keyOf(purpose), bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(as)).setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}

export type Secrets = ReturnType<typeof createSecrets>
