/** Where to go after sign-in: a path of this origin, or the fallback. Everything else would be an open redirect. */
export function nextPath(wanted: string | undefined, origin: string, fallback = '/dashboard'): string {
  if (wanted === undefined || !wanted.startsWith('/')) return fallback
  // Browsers read "/\evil" and "/<tab>/evil" as "//evil": what the parser says counts, not what it looks like.
  const url = URL.canParse(wanted, origin) ? new URL(wanted, origin) : undefined
  if (!url || url.origin !== origin || url.pathname.startsWith('//')) return fallback
  return url.pathname + url.search + url.hash
}

export function signInPath(from: { pathname: string; search: string }): string {
  return `/sign-in?next=${encodeURIComponent(from.pathname + from.search)}`
}
