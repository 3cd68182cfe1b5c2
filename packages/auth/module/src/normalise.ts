import { isIPv6 } from 'node:net'
import { Locale } from '@lightpress/users-contract'
import type { z } from 'zod'

type Locale = z.output<typeof Locale>

/** The best of our languages for what a browser says it reads (RFC 9110, 12.5.4); `otherwise` without one. */
export function preferredLocale(acceptLanguage: string | undefined, otherwise: Locale = 'en'): Locale {
  const wishes = (acceptLanguage ?? '')
    .split(',')
    .map((entry) => {
      const [tag = '', ...parameters] = entry.trim().split(';')
      const quality = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('q='))
      return { language: tag.split('-')[0]?.toLowerCase(), quality: quality ? Number(quality.slice(2)) : 1 }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
  for (const { language } of wishes) {
    const known = Locale.safeParse(language)
    if (known.success) return known.data
  }
  return otherwise
}

/**
 * An IPv4 address, or the /64 of an IPv6 address: what one customer of a provider has at least. All spellings of an
 * address are one, an IPv4 address that is mapped into IPv6 is itself, and what is no address stands for itself.
 */
export function networkOf(ip: string): string {
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return ip
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped)
    return groups
      .slice(6)
      .map((group) => `${group >> 8}.${group & 0xff}`)
      .join('.')
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`
}

/** The eight numbers of an IPv6 address, whichever way it is written. */
function groupsOf(address: string): number[] {
  // The URL parser writes all in hexadecimal.
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [before = [], after] = canonical.split('::').map((part) => part.split(':').filter(Boolean))
  const zeros = after === undefined ? 0 : 8 - before.length - after.length
  return [...before, ...Array<string>(zeros).fill('0'), ...(after ?? [])].map((group) => Number.parseInt(group, 16))
}
