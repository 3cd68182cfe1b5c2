import { AppError } from '@lightpress/protocol'
import * as client from 'openid-client'
import { claimsFrom, saysWhoOwns, type Claims } from './oidc-claims.ts'
import type { OidcProvider } from './oidc-config.ts'

/** Seconds by which a provider's clock may differ from ours. */
export const CLOCKS_DIFFER = 30
/** Milliseconds after which what a provider says of itself is asked for again. */
const METADATA_LIFETIME = 60 * 60_000
/** Milliseconds for one answer of a provider, and for all that a callback takes: both end before the request does. */
const ANSWER_TIME = 4_000
const CALLBACK_TIME = 7_000

/** One browser's visit to a provider. */
export interface Visit {
  redirectUri: string
  state: string
  nonce: string
  /** Of PKCE (RFC 7636). */
  verifier: string
}

/** Speaks OpenID Connect to the providers. What they say of themselves is remembered for each by itself. */
export function createOidcClient() {
  const known = new Map<string, { found: Promise<client.Configuration>; until: number }>()

  /** Many at once are one request, which no one's deadline ends. */
  function discover(provider: OidcProvider): Promise<client.Configuration> {
    const cached = known.get(provider.id)
    if (cached && cached.until > Date.now()) return cached.found
    const found = client.discovery(new URL(provider.issuer), provider.clientId, undefined, undefined, {
      timeout: ANSWER_TIME / 1_000,
      execute: insecurely(provider),
    })
    const entry = { found, until: Date.now() + METADATA_LIFETIME }
    known.set(provider.id, entry)
    found.catch(() => known.get(provider.id) === entry && known.delete(provider.id))
    return found
  }

  return {
    /** Where the browser goes. Throws `auth.provider_unavailable`. */
    async authorizationUrl(provider: OidcProvider, visit: Visit, more: Record<string, string>): Promise<URL> {
      try {
        return client.buildAuthorizationUrl(await discover(provider), {
          redirect_uri: visit.redirectUri,
          scope: provider.scopes,
          state: visit.state,
          nonce: visit.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(visit.verifier),
          code_challenge_method: 'S256',
          ...(provider.prompt !== undefined && { prompt: provider.prompt }),
          ...more,
        })
      } catch (error) {
        throw unavailable(provider, error)
      }
    },

    /**
     * Who came back from the visit, or `denied` where they, or the provider, did not want to. Everything is verified:
     * state, issuer (RFC 9207, too), audience, nonce, times, and the signature by the keys that the provider has now:
     * they are asked for each time, so one that was rotated out is worth nothing. Else `auth.provider_unavailable`.
     */
    async readCallback(provider: OidcProvider, visit: Visit, query: string): Promise<Claims | 'denied'> {
      const url = new URL(visit.redirectUri)
      url.search = query
      try {
        const config = configure(provider, (await discover(provider)).serverMetadata())
        const tokens = await client.authorizationCodeGrant(config, url, {
          expectedState: visit.state,
          expectedNonce: visit.nonce,
          pkceCodeVerifier: visit.verifier,
          idTokenExpected: true,
        })
        return await readClaims(config, tokens)
      } catch (error) {
        if (error instanceof client.AuthorizationResponseError && error.error === 'access_denied') return 'denied'
        throw unavailable(provider, error)
      }
    },
  }
}

export type OidcClient = ReturnType<typeof createOidcClient>

/** For one callback: what it fetches comes from the provider as it is now, and in time. */
function configure(provider: OidcProvider, metadata: client.ServerMetadata): client.Configuration {
  const { clientId, clientSecret, tokenEndpointAuthMethod } = provider
  const authenticate = {
    client_secret_basic: () => client.ClientSecretBasic(clientSecret),
    client_secret_post: () => client.ClientSecretPost(clientSecret),
    none: () => client.None(),
  }[tokenEndpointAuthMethod]()
  const config = new client.Configuration(metadata, clientId, { [client.clockTolerance]: CLOCKS_DIFFER }, authenticate)
  const end = AbortSignal.timeout(CALLBACK_TIME)
  config.timeout = ANSWER_TIME / 1_000
  config[client.customFetch] = (url, { signal, ...options }) =>
    fetch(url, { ...options, signal: signal ? AbortSignal.any([signal, end]) : end } as RequestInit)
  // The library would believe the connection otherwise.
  client.enableNonRepudiationChecks(config)
  for (const allow of insecurely(provider)) allow(config)
  return config
}

/** On this machine alone: see `Issuer`. */
function insecurely({ issuer }: OidcProvider): ((config: client.Configuration) => void)[] {
  return new URL(issuer).protocol === 'http:' ? [client.allowInsecureRequests] : []
}

/** Many providers keep the address for UserInfo, and some know only there whether it is verified. */
async function readClaims(
  config: client.Configuration,
  tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
): Promise<Claims> {
  const idToken = tokens.claims()
  if (!idToken) throw new TypeError('The library was told to expect an ID token')
  const asked = !saysWhoOwns(idToken) && config.serverMetadata().userinfo_endpoint !== undefined
  return claimsFrom(idToken, asked ? await client.fetchUserInfo(config, tokens.access_token, idToken.sub) : {})
}

function unavailable({ name }: OidcProvider, cause: unknown): AppError {
  const message = `${name} does not answer as it should. Try again in a while, or sign in another way.`
  return new AppError('unavailable', 'auth.provider_unavailable', message, { cause: namedCause(cause), retryAfter: 5 })
}

/** What a provider calls its refusal (RFC 6749, 4.1.2.1 and 5.2) is what an operator must know, and nothing of its text. */
function namedCause(cause: unknown): unknown {
  const isNamed = cause instanceof client.ResponseBodyError || cause instanceof client.AuthorizationResponseError
  return isNamed ? new Error(`${cause.message}: ${cause.error.slice(0, 60)}`) : cause
}
