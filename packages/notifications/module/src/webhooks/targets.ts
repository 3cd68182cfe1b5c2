import { lookup as lookupHere, Resolver } from 'node:dns/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isIP, isIPv6, type LookupFunction } from 'node:net'
import { mayConnect, type Targets } from './address-rules.ts'

/** Why we do not send there; its message is for whoever set the endpoint up, and says nothing of what is inside. */
export class RefusedTarget extends Error {
  override readonly name = 'RefusedTarget'
}

/** All addresses of a name. Throws where there is none. */
type Resolve = (hostname: string) => Promise<string[]>

/** Names that lead to no public server: RFC 6761, 6762, 8375, 9476, ICANN's `internal`, and what networks use at home. */
const PRIVATE_NAMES =
  /(^|\.)(localhost|localdomain|local|internal|home\.arpa|test|invalid|example|onion|alt|lan|home|corp|intranet|private)$/

/** Milliseconds that saving an endpoint waits for its name. */
const LOOK = 3_000

const INSIDE = 'This address is not on the public internet.'

/**
 * Says where webhooks may go. The rules for the text of a URL hold when an endpoint is saved; those for addresses hold
 * then, and again for every connection, which goes to the very addresses that were checked: `lookup` is what the socket
 * itself resolves with, so there is no second answer that could be another.
 */
export function createTargets(targets: Targets, resolve: Resolve = resolverFor(targets)) {
  /** The URL in its one form. Throws `RefusedTarget`. */
  function parse(text: string): URL {
    if (!URL.canParse(text)) throw new RefusedTarget('This is not a URL.')
    const url = new URL(text)
    url.hash = ''
    if (url.protocol !== 'https:' && !(targets === 'local' && url.protocol === 'http:'))
      throw new RefusedTarget('The URL must begin with https://.')
    if (url.username !== '' || url.password !== '')
      throw new RefusedTarget('Leave out the name and password: signatures prove that it is us.')
    if (targets === 'public' && url.port !== '' && Number(url.port) < 1_024)
      throw new RefusedTarget('The port must be 443, or 1024 or above.')
    checkHost(hostOf(url))
    return url
  }

  /** Of a URL's host, which the URL's parser has brought into its one form: `0x7f.1` is 127.0.0.1 by now. */
  function checkHost(host: string): void {
    if (isIP(host) !== 0) {
      if (!mayConnect(host, targets)) throw new RefusedTarget(INSIDE)
      return
    }
    if (targets === 'local') return
    if (host.endsWith('.')) throw new RefusedTarget('Leave out the dot at the end of the name.')
    if (!host.includes('.') || PRIVATE_NAMES.test(host)) throw new RefusedTarget(INSIDE)
  }

  /** The addresses that a name leads to. One that is refused refuses all: who answers with both cannot be trusted. */
  async function addressesOf(host: string): Promise<string[]> {
    checkHost(host)
    const addresses = isIP(host) !== 0 ? [host] : await resolve(host)
    if (addresses.some((address) => !mayConnect(address, targets))) throw new RefusedTarget(INSIDE)
    return addresses
  }

  return {
    parse,
    checkHost,

    /** Whether an endpoint may be saved with it. A name that leads nowhere (yet) may: every delivery looks again. */
    async check(url: URL): Promise<void> {
      const leadsNowhere = (error: unknown) => {
        if (error instanceof RefusedTarget) throw error
      }
      await Promise.race([addressesOf(hostOf(url)).catch(leadsNowhere), sleep(LOOK, undefined, { ref: false })])
    },

    /** For sockets. A host that is an address is not looked up: see `checkHost`. */
    lookup: ((hostname, options, callback) => {
      addressesOf(hostname).then(
        (addresses) => {
          const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
          const [first] = found
          if (!first) callback(new Error('The name leads to no address.'), '', 0)
          else if (options.all) callback(null, found)
          else callback(null, first.address, first.family)
        },
        (error: NodeJS.ErrnoException) => callback(error, '', 0),
      )
    }) satisfies LookupFunction,
  }
}

export type WebhookTargets = ReturnType<typeof createTargets>

function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}

/**
 * The internet is asked by DNS alone, each question with an end: the system's resolver knows names of this machine, and a
 * name whose servers are silent would keep one of its four threads, which the whole process shares. In development it is
 * the system's, which knows `localhost`.
 */
function resolverFor(targets: Targets): Resolve {
  if (targets === 'local') return async (name) => (await lookupHere(name, { all: true })).map(({ address }) => address)
  const resolver = new Resolver({ timeout: 1_500, tries: 2 })
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (found.length === 0 && failed) throw failed.reason
    return found
  }
}
