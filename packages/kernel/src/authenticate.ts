import { accessToken, AppError, isAppError, type Identity } from '@lightpress/protocol'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { KeyRing } from './keys.ts'
import { requireSameOrigin } from './origin.ts'
import type { Revocations } from './revocations.ts'
import { kidOf } from './token-verifier.ts'

/** `__Host-` (RFC 6265bis) needs Secure, which plain-HTTP loopback has not. */
export function cookieNames(publicUrl: string) {
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : ''
  return {
    access: `${prefix}lightpress_access`,
    refresh: `${prefix}lightpress_refresh`,
    registration: `${prefix}lightpress_registration`,
    /** Says that this browser was signed in before: see auth's lock-out. */
    device: `${prefix}lightpress_device`,
  } as const
}

/** Milliseconds by which the clock of the process that issues may be ahead of ours. */
const CLOCKS_DIFFER = 60_000

/** Who somebody is, in a token. */
const Claims = z.object({
  sub: z.uuid(),
  sid: z.uuid(),
  ver: z.number().int(),
  org: z.uuid().nullable(),
  role: z.enum(['member', 'admin', 'owner']).nullable(),
  op: z.boolean(),
})

/** What the verifier leaves open: it would take a list of audiences, and a token of tomorrow. */
const VerifiedClaims = Claims.extend({
  aud: z.literal(accessToken.audience),
  iat: z.number().refine((iat) => iat * 1_000 <= Date.now() + CLOCKS_DIFFER),
})

/** The claims of an access token for `identity`; auth signs them, `authenticate` reads them. */
export function claimsOf(identity: Identity): z.infer<typeof Claims> {
  const { userId, sessionId, sessionVersion, organizationId, role, operator } = identity
  return { sub: userId, sid: sessionId, ver: sessionVersion, org: organizationId, role, op: operator }
}

export interface AuthenticateOptions {
  publicUrl: string
  keys: KeyRing
  revocations: Revocations
}

/**
 * Reads who is calling from `Authorization: Bearer` or, for browsers, the access cookie. Verified here, in every
 * process, with keys by `kid` from our own key set only. The key is looked up and revocation is asked each time; that
 * the signature holds is remembered (see `createTokenVerifier`).
 */
export function createAuthenticate({ publicUrl, keys, revocations }: AuthenticateOptions) {
  const cookies = cookieNames(publicUrl)

  /** Who it is, or null without a token. A token that does not hold is an error, unless anybody may call anyway. */
  return async function authenticate(
    request: FastifyRequest,
    { optional }: { optional: boolean },
  ): Promise<Identity | null> {
    const presented = tokenOf(request, cookies.access)
    if (!presented) return null
    try {
      if (presented.from === 'cookie') requireSameOrigin(request, { publicUrl })
      const verify = await keys.find(kidOf(presented.token))
      const { sub, sid, ver, org, role, op } = VerifiedClaims.parse(verify(presented.token))
      const identity = { userId: sub, sessionId: sid, sessionVersion: ver, organizationId: org, role, operator: op }
      if (revocations.isRevoked(identity))
        throw new AppError('unauthenticated', 'request.session_ended', 'This session was ended. Sign in again.')
      return identity
    } catch (error) {
      if (optional) return null
      if (isAppError(error)) throw error
      throw new AppError(
        'unauthenticated',
        'request.token_invalid',
        'The access token is not valid any more. Refresh it or sign in again.',
        { cause: error },
      )
    }
  }
}

export type Authenticate = ReturnType<typeof createAuthenticate>

function tokenOf(request: FastifyRequest, cookie: string): { token: string; from: 'header' | 'cookie' } | undefined {
  const bearer = bearerOf(request)
  if (bearer !== undefined) return { token: bearer, from: 'header' }
  const value = request.cookies[cookie]
  return value ? { token: value, from: 'cookie' } : undefined
}

/**
 * The token of `Authorization: Bearer`, which goes before the cookie. Any other scheme is not for us: a proxy in front
 * may ask for HTTP Basic.
 */
export function bearerOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const [scheme, token] = headers.authorization?.split(' ') ?? []
  return scheme?.toLowerCase() === 'bearer' && token ? token : undefined
}
