const signIn = '/sign-in'
/** Where nobody goes who is signed in. */
const entrances = [signIn, '/sign-up']

/** Where to go after sign-in: a path of this origin, or the fallback. Everything else would be an open redirect. */
export function nextPath(wanted: string | undefined, origin: string, fallback = '/dashboard'): string {
  if (wanted === undefined || !wanted.startsWith('/')) return fallback
  // Browsers read "/\evil" and "/<tab>/evil" as "//evil": what the parser says counts, not what it looks like.
  const url = URL.canParse(wanted, origin) ? new URL(wanted, origin) : undefined
  if (!url || url.origin !== origin || url.pathname.startsWith('//') || entrances.includes(url.pathname))
    return fallback
  return url.pathname + url.search + url.hash
}

/** Who is at sign-in already stays, and goes on to where they wanted before: several reads may be refused one by one. */
export function signInPath(from: { pathname: string; search: string }): string {
  if (from.pathname === signIn) return signIn + from.search
  return `${signIn}?next=${encodeURIComponent(from.pathname + from.search)}`
}
