const key = 'invitation'
/** Long enough to sign in by any door. After that the link of the mail is opened again. */
const lifetime = 60 * 60_000
let inMemory: string | undefined

/**
 * What the link is good by, kept out of every address while its owner signs in or out. For all tabs of this browser:
 * a link to sign in is opened in a tab of its own.
 */
export function keepInvitation(token: string, now = Date.now()) {
  inMemory = token
  try {
    localStorage.setItem(key, JSON.stringify({ token, until: now + lifetime }))
  } catch {
    // Storage is full or forbidden: this tab knows it until it is loaded again.
  }
}

export function readInvitation(now = Date.now()): string | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as { token: string; until: number } | null
    return kept && kept.until > now ? kept.token : inMemory
  } catch {
    return inMemory
  }
}

/** Once it is used, or good for nothing. */
export function dropInvitation() {
  inMemory = undefined
  try {
    localStorage.removeItem(key)
  } catch {
    // Storage is forbidden: nothing was kept.
  }
}
