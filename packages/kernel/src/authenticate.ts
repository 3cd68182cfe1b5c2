import { accessToken, AppError, isAppError, type Caller, type Identity } from '@lightpress/protocol'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiKeys } from './api-keys.ts'
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
    /** Ties what is begun in a browser to it: a sign-in by mail, by another provider, with a second factor. */
    browser: `${prefix}lightpress_browser`,
    /** An operator's own refresh token while they act as somebody else. */
    operator: `${prefix}lightpress_operator`,
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
  // Of tokens from before these were known: nothing is recent, and nobody acts for anybody.
  auth_time: z.number().int().default(0),
  act: z.object({ sub: z.uuid() }).optional(),
})

/** What the verifier leaves open: it would take a list of audiences, and a token of tomorrow. */
const VerifiedClaims = Claims.extend({
  aud: z.literal(accessToken.audience),
  iat: z.number().refine((iat) => iat * 1_000 <= Date.now() + CLOCKS_DIFFER),
})

/** The claims of an access token for `identity`; auth signs them, `authenticate` reads them. */
export function claimsOf(identity: Identity): z.output<typeof Claims> {
  const { userId, sessionId, sessionVersion, organizationId, role, operator, authenticatedAt, impersonatorId } =
    identity
  return {
    sub: userId,
    sid: sessionId,
    ver: sessionVersion,
    org: organizationId,
    role,
    op: operator,
    auth_time: authenticatedAt,
    ...(impersonatorId !== null && { act: { sub: impersonatorId } }),
  }
}

/** The other way round. */
export function identityFrom({ sub, sid, ver, org, role, op, auth_time, act }: z.output<typeof Claims>): Identity {
  return {
    userId: sub,
    sessionId: sid,
    sessionVersion: ver,
    organizationId: org,
    role,
    operator: op,
    authenticatedAt: auth_time,
    impersonatorId: act?.sub ?? null,
  }
}

export interface AuthenticateOptions {
  publicUrl: string
  keys: KeyRing
  apiKeys: ApiKeys
  revocations: Revocations
  /** Whom a request says it is from: in development only, see `development.ts`. */
  development?: ((request: FastifyRequest) => Promise<Identity | null>) | undefined
}

/** Who calls, as far as the request itself says. */
export type Authenticated = Pick<Caller, 'identity' | 'apiKey'>

const nobody: Authenticated = { identity: null, apiKey: null }

/**
 * Reads who is calling from `Authorization: Bearer` or, for browsers, the access cookie. Verified here, in every
 * process, with keys by `kid` from our own key set only. The key is looked up and revocation is asked each time; that
 * the signature holds is remembered (see `createTokenVerifier`). A bearer token may be an API key instead.
 */
export function createAuthenticate({ publicUrl, keys, apiKeys, revocations, development }: AuthenticateOptions) {
  const cookies = cookieNames(publicUrl)

  /** Who it is, or nobody without a token. A token that does not hold is an error, unless anybody may call anyway. */
  return async function authenticate(
    request: FastifyRequest,
    { optional }: { optional: boolean },
  ): Promise<Authenticated> {
    const said = await development?.(request)
    if (said) return { identity: said, apiKey: null }
    const presented = tokenOf(request, cookies.access)
    if (!presented) return nobody
    try {
      if (isApiKey(presented)) return { identity: null, apiKey: await apiKeys.find(presented.token, request) }
      if (presented.from === 'cookie') requireSameOrigin(request, { publicUrl })
      const verify = await keys.find(kidOf(presented.token))
      const identity = identityFrom(VerifiedClaims.parse(verify(presented.token)))
      if (revocations.isRevoked(identity))
        throw new AppError(
          'unauthenticated',
          'request.session_ended',
          'This session was ended, or what it may do has changed. Refresh the access token; if that is refused, sign in again.',
        )
      return { identity, apiKey: null }
    } catch (error) {
      if (optional) return nobody
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

interface Presented {
  token: string
  from: 'header' | 'cookie'
}

/** Keys are for programs: one in a cookie is none. */
function isApiKey({ token, from }: Presented): boolean {
  return from === 'header' && token.startsWith('lp_')
}

function tokenOf(request: FastifyRequest, cookie: string): Presented | undefined {
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
