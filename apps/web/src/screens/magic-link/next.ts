const key = 'link-next'
/** As long as a link is good. */
const lifetime = 10 * 60_000

/** The link is opened in a tab of its own: where its owner wanted to go is kept for all tabs of this browser. */
export function keepNext(next: string | undefined, now = Date.now()) {
  try {
    if (next === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify({ next, until: now + lifetime }))
  } catch {
    // Storage is full or forbidden: the link leads to the dashboard.
  }
}

/** Once. */
export function takeNext(now = Date.now()): string | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as { next: string; until: number } | null
    localStorage.removeItem(key)
    return kept && kept.until > now ? kept.next : undefined
  } catch {
    return undefined
  }
}
