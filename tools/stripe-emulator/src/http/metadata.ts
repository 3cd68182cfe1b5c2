import { invalidRequest } from './errors.ts'

type Metadata = Record<string, string>

/** https://docs.stripe.com/metadata#data */
export const mostKeys = 50
export const tooManyKeys = `You can specify up to ${mostKeys} metadata keys.`

/** Stripe's rule: what is given is added, an empty value removes its key, an empty hash removes all. */
export function withMetadata(current: Metadata, given: Metadata | null | undefined): Metadata {
  if (given === undefined) return current
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== ''))
}

/** The same for what somebody asks, who can be refused; time, which begins a phase, cannot. */
export function mergeMetadata(current: Metadata, given: Metadata | null | undefined): Metadata {
  const merged = withMetadata(current, given)
  if (Object.keys(merged).length > mostKeys) throw invalidRequest(tooManyKeys, { param: 'metadata' })
  return merged
}
