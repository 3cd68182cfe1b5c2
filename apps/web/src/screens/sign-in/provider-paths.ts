/** What people call it. */
export function nameOfProvider(
  providers: readonly { id: string; name: string }[] | undefined,
  id: string | undefined,
): string {
  return providers?.find((provider) => provider.id === id)?.name ?? 'the provider'
}

/** Where a provider leads back to: see `arrived.tsx`. */
export function providerPath(provider: string, next: string | undefined): string {
  const search = new URLSearchParams({ next: arrivalPath(next) })
  return `/v1/auth/oidc/${encodeURIComponent(provider)}/start?${search}`
}

export function arrivalPath(next: string | undefined): string {
  // Tried once more, after a try that came back with a problem.
  if (next?.startsWith('/sign-in/arrived')) return next
  return next === undefined ? '/sign-in/arrived' : `/sign-in/arrived?${new URLSearchParams({ next })}`
}

/** Where a sign-in is linked to the account: see `connect.tsx`. */
export function connectPath(provider: string, next: string | undefined, { isBack = false } = {}): string {
  const search = { provider, ...(next !== undefined && { next }), ...(isBack && { back: '1' }) }
  return `/sign-in/connect?${new URLSearchParams(search)}`
}

export function isConnectPath(path: string | undefined): boolean {
  return path?.startsWith('/sign-in/connect?') ?? false
}
