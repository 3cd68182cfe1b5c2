import { claimsOf } from '@lightpress/kernel'
import { accessToken, type Identity } from '@lightpress/protocol'
import { createSigner } from 'fast-jwt'
import type { AuthContext } from './context.ts'
import type { Secrets } from './secrets.ts'
import { openPrivateKey, readSigningKey, type SigningKey } from './signing-keys.ts'

/** An access token for `identity`, which every process can verify by itself until `expiresAt`. */
export async function issueAccessToken(
  identity: Identity,
  ctx: AuthContext,
): Promise<{ accessToken: string; expiresAt: string }> {
  const key = await readSigningKey(ctx)
  const issuedAt = Math.floor(Date.now() / 1000)
  return {
    accessToken: ctx.signer.sign({ ...claimsOf(identity), iat: issuedAt }, { key, issuer: ctx.publicUrl }),
    expiresAt: new Date((issuedAt + accessToken.lifetimeSeconds) * 1000).toISOString(),
  }
}

type Claims = ReturnType<typeof claimsOf> & { iat: number }

/** Keeps each key ready to sign, so that it is decrypted and parsed once. */
export function createTokenSigner(secrets: Secrets) {
  const ready = new Map<string, (claims: Claims) => string>()

  const prepare = (key: SigningKey, issuer: string) =>
    createSigner<Claims>({
      key: openPrivateKey(key, secrets),
      algorithm: 'EdDSA',
      kid: key.kid,
      header: { alg: 'EdDSA', typ: accessToken.type },
      iss: issuer,
      aud: accessToken.audience,
      expiresIn: accessToken.lifetimeSeconds * 1000,
    })

  return {
    sign(claims: Claims, { key, issuer }: { key: SigningKey; issuer: string }): string {
      let sign = ready.get(key.kid)
      if (!sign) ready.set(key.kid, (sign = prepare(key, issuer)))
      return sign(claims)
    },
  }
}

export type TokenSigner = ReturnType<typeof createTokenSigner>
