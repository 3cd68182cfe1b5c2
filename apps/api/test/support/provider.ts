import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Whoever comes to it, as it tells of them. */
export interface ProviderVisitor {
  sub: string
  name: string
  email: string
}

export interface Provider {
  issuer: string
  /** Undefined: they call it off there. */
  visitor: ProviderVisitor | undefined
  close(): void
}

/** A provider of OpenID Connect with just enough in it to be led there by a browser and back. */
export async function startProvider(clientId: string): Promise<Provider> {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }]
  const given = new Map<string, { nonce: string; visitor: ProviderVisitor }>()

  /** Back to where they came from: with a code, or without. */
  function letIn(query: URLSearchParams): string {
    const back = new URL(query.get('redirect_uri') ?? '')
    const { visitor } = provider
    const code = randomUUID()
    if (visitor) given.set(code, { nonce: query.get('nonce') ?? '', visitor })
    back.search = new URLSearchParams({
      state: query.get('state') ?? '',
      ...(visitor ? { code } : { error: 'access_denied' }),
    }).toString()
    return back.href
  }

  async function tokens(request: IncomingMessage) {
    const known = given.get(new URLSearchParams(await text(request)).get('code') ?? '')
    const idToken = await new SignJWT({ ...known?.visitor, email_verified: true, nonce: known?.nonce })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(provider.issuer)
      .setAudience(clientId)
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(privateKey)
    return { access_token: randomUUID(), token_type: 'Bearer', id_token: idToken }
  }

  async function answer(request: IncomingMessage) {
    const { pathname, searchParams } = new URL(request.url ?? '/', provider.issuer)
    if (pathname === '/authorize') return { location: letIn(searchParams) }
    if (pathname === '/token') return { body: await tokens(request) }
    if (pathname === '/keys') return { body: { keys } }
    return { body: metadata(provider.issuer) }
  }

  const server = createServer((request, response) => {
    void answer(request).then(({ location, body }) => {
      if (location !== undefined) response.writeHead(302, { location }).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const provider: Provider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visitor: undefined,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  return provider
}

function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  }
}
