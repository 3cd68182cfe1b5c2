import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { newId } from '@lightpress/kernel'
import { base64url, decodeJwt, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider'

/** Somebody who is signed in at the provider, as it tells of them. */
export interface Visitor {
  sub: string
  email?: string
  email_verified?: unknown
  [claim: string]: unknown
}

/** What the provider gets wrong, on purpose. */
export interface Lies {
  /** Over the claims of the ID token; undefined leaves one out. */
  claims?: (said: JWTPayload) => JWTPayload
  /** `alg: none`. */
  unsigned?: boolean
  /** With a key that is in no key set, under the name of the one that is. */
  forged?: boolean
  /** Says this in place of its own answer. */
  answers?: { route: 'token' | 'userinfo' | 'discovery' | 'jwks'; body: unknown }
  /** Never answers. */
  silent?: boolean
  /** Sends people back with this error. */
  refuses?: string
}

export interface StandIn {
  issuer: string
  visitor: Visitor
  lies: Lies
  /** The last authorization request. */
  asked: URLSearchParams
  rotateKeys(): Promise<void>
  close(): Promise<void>
}

export const clientId = 'lightpress'
export const clientSecret = 'a secret of the client, not of ours'

/**
 * A provider of OpenID Connect on this machine: `oidc-provider`, which lets in whoever is `visitor` and asks them
 * nothing. What it signs is signed here once more, so that it can lie.
 */
export async function startOidcProvider(redirectUri: string): Promise<StandIn> {
  let handle: (request: IncomingMessage, response: ServerResponse) => unknown = () => undefined
  const server = createServer((request, response) => {
    if (standIn.lies.silent) return
    if (request.url?.startsWith('/auth?')) standIn.asked = new URL(request.url, issuer).searchParams
    handle(request, response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const standIn: StandIn = {
    issuer,
    visitor: { sub: newId() },
    lies: {},
    asked: new URLSearchParams(),
    async rotateKeys() {
      handle = await createProvider(standIn, redirectUri)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  await standIn.rotateKeys()
  return standIn
}

type KeyPair = Awaited<ReturnType<typeof createKey>>

async function createKey() {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { privateKey, kid: newId() }
}

/** With keys of its own. */
async function createProvider(standIn: StandIn, redirectUri: string) {
  const key = await createKey()
  const provider = new Provider(standIn.issuer, await configure(standIn, { key, redirectUri }))
  provider.use(async (ctx, next) => {
    if (ctx.path.startsWith('/interaction/')) return letIn(provider, standIn, ctx)
    await next()
    await lie(ctx as KoaContextWithOIDC, standIn, key)
  })
  return provider.callback()
}

async function configure(
  standIn: StandIn,
  { key, redirectUri }: { key: KeyPair; redirectUri: string },
): Promise<Configuration> {
  return {
    jwks: { keys: [{ ...(await exportJWK(key.privateKey)), kid: key.kid, alg: 'ES256', use: 'sig' }] },
    cookies: { keys: [newId()] },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600, AuthorizationCode: 60 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale', 'given_name'] },
    findAccount: (_ctx, accountId) => ({ accountId, claims: () => ({ ...standIn.visitor, sub: accountId }) }),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        id_token_signed_response_alg: 'ES256',
      },
    ],
  }
}

/** Signs in whoever is there, and grants what is asked for. */
async function letIn(
  provider: Provider,
  { visitor, lies }: StandIn,
  { req, res }: { req: IncomingMessage; res: ServerResponse },
) {
  if (lies.refuses) return provider.interactionFinished(req, res, { error: lies.refuses })
  const { prompt, params } = await provider.interactionDetails(req, res)
  if (prompt.name === 'login') return provider.interactionFinished(req, res, { login: { accountId: visitor.sub } })
  const grant = new provider.Grant({ accountId: visitor.sub, clientId })
  grant.addOIDCScope(String(params.scope))
  return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } })
}

async function lie(ctx: KoaContextWithOIDC, { lies }: StandIn, key: KeyPair) {
  const route = ctx.oidc?.route
  if (lies.answers && route === lies.answers.route) {
    ctx.body = lies.answers.body
    return
  }
  const body = ctx.body as { id_token?: string } | undefined
  if (route !== 'token' || !body?.id_token) return
  const said = decodeJwt(body.id_token)
  body.id_token = await sign(lies.claims?.(said) ?? said, lies, key)
}

async function sign(claims: JWTPayload, { unsigned, forged }: Lies, { privateKey, kid }: KeyPair): Promise<string> {
  if (unsigned) return `${base64url.encode('{"alg":"none"}')}.${base64url.encode(JSON.stringify(claims))}.`
  const by = forged ? (await createKey()).privateKey : privateKey
  return new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(by)
}
