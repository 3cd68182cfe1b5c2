import { createTokenIssuer } from '@lightpress/testing'
import fastify from 'fastify'

/** Stands in for the auth service: answers what every process asks of it, and signs access tokens. */
export async function startAuthStandIn(publicUrl: string) {
  const issuer = createTokenIssuer(publicUrl)
  const app = fastify()
  app.post('/internal/auth/readVerificationKeys', () => ({ keys: issuer.keys }))
  app.post('/internal/auth/readRevocations', () => ({ revocations: [], latest: 0, keySet: '' }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, issue: issuer.issue, stop: () => app.close() }
}
