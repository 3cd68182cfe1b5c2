import { secondFactorNames } from './ways.ts'
import type { Begun } from './begun.ts'

/** What a provider's answer hands over in the fragment of the address; undefined when it is not whole. */
export function parseBegun(fragment: URLSearchParams): Begun | undefined {
  const [challenge, listed, expiresAt] = ['challenge', 'factors', 'expires'].map((name) => fragment.get(name))
  if (!challenge || !listed || !expiresAt || Number.isNaN(Date.parse(expiresAt))) return undefined
  const factors = secondFactorNames.filter((factor) => listed.split(',').includes(factor))
  return factors.length > 0 ? { challenge, factors, expiresAt, next: fragment.get('next') ?? undefined } : undefined
}
