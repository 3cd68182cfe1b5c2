import { createPublicKey } from 'node:crypto'
import jwt from '@fastify/jwt'
import { accessToken, type VerificationKey } from '@lightpress/protocol'
import Fastify from 'fastify'

/** The claims of a token that holds, or an error; what they say is for the caller to parse. */
export type VerifyToken = (token: string) => unknown

/** Tokens that are remembered for each key. */
const REMEMBER = 10_000

/**
 * Verifies what one key has signed, by RFC 8725: one algorithm, issuer, audience and type, and no longer life than we
 * give, because what is revoked is remembered for that long. A verified token is remembered until it expires.
 *
 * @fastify/jwt is given one key, and an instance to hold it: what is remembered goes with the key that it was verified
 * with, and with a key that never changes it need not decode each token a second time to ask for one (9 of 13 us).
 */
export async function createTokenVerifier(key: VerificationKey, publicUrl: string): Promise<VerifyToken> {
  const holder = Fastify()
  await holder.register(jwt, {
    secret: { public: toPem(key), private: '' },
    verify: {
      algorithms: [key.alg],
      allowedIss: publicUrl,
      allowedAud: accessToken.audience,
      checkTyp: accessToken.type,
      // In seconds here, unlike fast-jwt's own.
      maxAge: accessToken.lifetimeSeconds,
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub', 'sid'],
      cache: REMEMBER,
    },
  })
  return (token) => holder.jwt.verify(token)
}

/** Three parts, the last an Ed25519 signature in the one way to write its 64 bytes. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]$/

/** What a token says it was signed with, not to be believed before it is verified; undefined when it is no token. */
export function kidOf(token: string): unknown {
  if (!compact.test(token)) return undefined
  const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString())
  return typeof header === 'object' && header !== null && 'kid' in header ? header.kid : undefined
}

function toPem({ kty, crv, x }: VerificationKey): string {
  return createPublicKey({ key: { kty, crv, x }, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
}
