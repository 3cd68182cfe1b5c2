import { AppError } from '@lightpress/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What of a context says where the product is. */
interface Place {
  publicUrl: string
}

/**
 * Answers only those who ask for the product by its own name (RFC 9110, 7.4): no page of another site gets here by
 * DNS rebinding, and no cache keeps an answer under a forged name. A proxy that is trusted says the name in
 * `X-Forwarded-Host`. Routes with `anyHost` are asked by address or prove their caller in another way.
 */
export function requireKnownHost(app: FastifyInstance, place: Place): void {
  const { host, isLoopback, protocol } = partsOf(place)
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.host === host || request.routeOptions.config.anyHost) return done()
    const url = `${protocol}//${request.host}`
    const asked = /^[\w.:[\]-]+$/.test(request.host) && URL.canParse(url) ? new URL(url) : undefined
    if (asked && (asked.host === host || (isLoopback && isLoopbackName(asked.hostname)))) return done()
    done(new AppError('invalid', 'request.unknown_host', 'There is nothing under this name here.'))
  })
}

/**
 * Cross-site request forgery: what changes something on the strength of a cookie must come from a page of ours,
 * as the browser's `Origin` says (it is on every unsafe request, and scripts cannot forge it).
 */
export function requireSameOrigin(request: FastifyRequest, place: Place): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return
  if (request.headers.origin === ownOrigin(request, place)) return
  throw new AppError('forbidden', 'request.cross_origin', 'This can only be done from our own pages.')
}

/** Where our own pages are, as whoever asks sees them. */
export function ownOrigin(request: FastifyRequest, place: Place): string {
  const { origin, isLoopback, protocol } = partsOf(place)
  // In development a page may be served under another loopback name or port than PUBLIC_URL has: its own.
  return isLoopback ? new URL(`${protocol}//${request.host}`).origin : origin
}

function partsOf({ publicUrl }: Place) {
  const { origin, host, hostname, protocol } = new URL(publicUrl)
  return { origin, host, protocol, isLoopback: isLoopbackName(hostname) }
}

/** RFC 6761, 6.3; RFC 5735; RFC 4291, 2.5.3. The URL parser has brought it into its one form before. */
export function isLoopbackName(hostname: string): boolean {
  return /(^|\.)localhost$/.test(hostname) || /^127(\.\d+){3}$/.test(hostname) || hostname === '[::1]'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered under every name. */
    anyHost?: boolean
  }
}
