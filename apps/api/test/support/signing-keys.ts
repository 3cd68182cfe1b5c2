import { createDecipheriv, hkdfSync } from 'node:crypto'
import { claimsOf } from '@lightpress/kernel'
import { accessToken, type Identity } from '@lightpress/protocol'
import { importPKCS8, SignJWT } from 'jose'
import pg from 'pg'

/** The private key that signs access tokens now, as PEM, opened by whoever knows AUTH_KEY_ENCRYPTION_KEY. */
export async function readPrivateKey(
  databaseUrl: string,
  encryptionKey: string,
): Promise<{ kid: string; pem: string }> {
  const database = new pg.Client(databaseUrl)
  await database.connect()
  try {
    const { rows } = await database.query<{ kid: string; sealed: string }>(
      'select kid, sealed_private_key as sealed from auth.signing_key where activates_at <= now() order by activates_at desc',
    )
    const [row] = rows
    if (!row) throw new Error('There is no signing key yet')
    return { kid: row.kid, pem: open(row, encryptionKey) }
  } finally {
    await database.end()
  }
}

/** See the kernel's secrets.ts: AES-256-GCM (nonce, tag, text) under a key of its own (HKDF). */
function open({ kid, sealed }: { kid: string; sealed: string }, encryptionKey: string): string {
  const root = Buffer.from(encryptionKey, 'base64')
  const key = Buffer.from(hkdfSync('sha256', root, '', 'lightpress.auth.signing-key', 32))
  const bytes = Buffer.from(sealed, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 })
  decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}

/** Signs access tokens as auth does. `lifetime` in seconds; below zero it is over already. */
export async function createForge({ kid, pem }: { kid: string; pem: string }, publicUrl: string) {
  const key = await importPKCS8(pem, 'EdDSA')
  return (
    identity: Identity,
    { lifetime = accessToken.lifetimeSeconds }: { lifetime?: number } = {},
  ): Promise<string> => {
    const now = Math.floor(Date.now() / 1000)
    return new SignJWT({ ...claimsOf(identity) })
      .setProtectedHeader({ alg: 'EdDSA', typ: accessToken.type, kid })
      .setIssuer(publicUrl)
      .setAudience(accessToken.audience)
      .setIssuedAt(now + Math.min(0, lifetime * 2))
      .setExpirationTime(now + lifetime)
      .sign(key)
  }
}

export type Forge = Awaited<ReturnType<typeof createForge>>
