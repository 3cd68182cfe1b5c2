import ipaddr from 'ipaddr.js'

/** `public`: the internet alone. `local`: also this machine and its private networks, for development. */
export type Targets = 'public' | 'local'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/** What is given out to somebody (RFC 4291, 2.4). What is not may become anything, and is nobody's webhook now. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')
/** AWS puts the metadata of machines, credentials among them, here and at 169.254.169.254. */
const AWS_SERVICES = ipaddr.IPv6.parseCIDR('fd00:ec2::/32')

const LOCAL = ['loopback', 'private', 'uniqueLocal']

/**
 * Whether we connect to an address. Said as what is allowed, so that a range nobody thought of is refused: of IPv4 what is
 * in no special range, of IPv6 the same within 2000::/3. So all that embed an IPv4 address (mapped, compatible, NAT64, 6to4,
 * Teredo) are refused as such, whatever they embed: no server has one of them as its own.
 */
export function mayConnect(address: string, targets: Targets): boolean {
  const parsed = parse(address)
  if (!parsed) return false
  const range = parsed.range()
  if (range === 'unicast') return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_UNICAST)
  if (targets === 'public' || (parsed instanceof ipaddr.IPv6 && parsed.match(AWS_SERVICES))) return false
  return LOCAL.includes(range)
}

/** In the one form that resolvers and URLs give. Others (`0x7f.1`, with a zone) are not what was asked about. */
function parse(address: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return ipaddr.IPv4.parse(address)
  if (ipaddr.IPv6.isValid(address) && !address.includes('%')) return ipaddr.IPv6.parse(address)
  return undefined
}
