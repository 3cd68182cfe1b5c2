import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'

/** As at the CDN: what the build brings along and our own interface, nothing else, and in nobody's frame. */
const POLICY = [
  "default-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')
const YEAR = 365 * 24 * 60 * 60 * 1000

/** A built single-page app: files by their path, and its one page for every address that a browser opens. */
export function serveWeb(gateway: FastifyInstance, directory: string): void {
  gateway.register(import('@fastify/static'), {
    root: resolve(directory),
    wildcard: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // The names under app-assets carry a hash of the content.
      const fixed = path.includes('/app-assets/')
      reply.header('x-content-type-options', 'nosniff')
      // Not `no-referrer`, under which forms say `Origin: null`.
      reply.header('referrer-policy', 'same-origin')
      if (path.endsWith('.html')) reply.header('content-security-policy', POLICY)
      reply.header('cache-control', fixed ? `public, max-age=${YEAR / 1000}, immutable` : 'no-cache')
    },
  })
  gateway.get('/*', (request, reply) => {
    const opensPage = request.headers.accept?.includes('text/html') && !request.url.startsWith('/app-assets/')
    return opensPage ? reply.sendFile('index.html') : reply.callNotFound()
  })
}
