import { generateKeyPairSync } from 'node:crypto'
import { claimsOf, newId } from '@lightpress/kernel'
import { accessToken, type Identity, type VerificationKey } from '@lightpress/protocol'
import { createSigner } from 'fast-jwt'

/** Signs access tokens as auth does, with a key of its own, so that a module can be tested without auth. */
export function createTokenIssuer(publicUrl: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' }) as { x: string }
  const key: VerificationKey = { kid: 'test', kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', x }
  const sign = createSigner({
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    algorithm: 'EdDSA',
    kid: key.kid,
    header: { alg: 'EdDSA', typ: accessToken.type },
    iss: publicUrl,
    aud: accessToken.audience,
    expiresIn: accessToken.lifetimeSeconds * 1000,
  })
  return {
    keys: [key],
    /** A bearer token of somebody, a member's of an organisation unless told otherwise. */
    issue(identity: Partial<Identity> = {}): string {
      const base: Identity = {
        userId: newId(),
        sessionId: newId(),
        sessionVersion: 0,
        organizationId: newId(),
        role: 'member',
        operator: false,
        authenticatedAt: Math.floor(Date.now() / 1000),
        impersonatorId: null,
      }
      return sign(claimsOf({ ...base, ...identity }))
    },
  }
}

export type TokenIssuer = ReturnType<typeof createTokenIssuer>
