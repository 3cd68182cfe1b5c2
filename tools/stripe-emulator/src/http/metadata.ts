type Metadata = Record<string, string>

/** Stripe's rule: what is given is added, an empty value removes its key, an empty hash removes all. */
export function mergeMetadata(current: Metadata, given: Metadata | null | undefined): Metadata {
  if (given === undefined) return current
  if (given === null) return {}
  return Object.fromEntries(Object.entries({ ...current, ...given }).filter(([, value]) => value !== ''))
}
