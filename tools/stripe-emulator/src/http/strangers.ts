import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { ApiError } from './errors.ts'

/**
 * Why a page of another site may not do what it asks for, as a browser sends it: neither under that site's own name, nor
 * under one that the site has made lead here (DNS rebinding), which would let it read the answers too.
 */
export function refusalOfStrangers(
  { method, headers: { host, origin } }: Pick<FastifyRequest, 'method' | 'headers'>,
  ownHosts: readonly string[],
): ApiError | null {
  // Browsers always name a host; what does not is none.
  if (host !== undefined && !leadsHere(host, ownHosts)) {
    return refused(
      `Nobody said that ${host || 'an empty name'} leads to this stand-in. If it should, add the name to ALLOWED_HOSTS.`,
    )
  }
  if (['GET', 'HEAD'].includes(method) || origin === undefined) return null
  if (URL.canParse(origin) && isOwn(new URL(origin), host, ownHosts)) return null
  return refused('This was sent from another site.')
}

/** The page is of the address that it asks, or of one of ours: a name that was given without a port has any. */
function isOwn({ host: from, hostname }: URL, host: string | undefined, ownHosts: readonly string[]): boolean {
  if (from === '') return false
  return from === host?.toLowerCase() || ownHosts.some((own) => [from, hostname].includes(own.toLowerCase()))
}

/** By a name that is no site's on the internet, or by one that is known to be ours. */
function leadsHere(host: string, ownHosts: readonly string[]): boolean {
  const name = nameOf(host)
  return name !== '' && (isPrivate(name) || ownHosts.some((own) => nameOf(own) === name))
}

/**
 * Addresses, names without a dot, such as a service's of Docker Compose, and those under the ends that no site can have:
 * of https://www.iana.org/assignments/special-use-domain-names those that networks use for themselves, `internal` by
 * ICANN's resolution of 2024, and Kubernetes' `cluster.local`, which ends in one of them.
 */
function isPrivate(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0 || /^[^.]+$|\.(localhost|test|internal|local|home\.arpa)$/.test(name)
}

/** Without the port, as a URL has it; empty if it is none. */
function nameOf(host: string): string {
  const url = `http://${host}`
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : ''
}

function refused(message: string): ApiError {
  return new ApiError(403, 'invalid_request_error', message)
}
