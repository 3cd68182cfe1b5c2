const key = 'plan-choice'
/** Milliseconds: a week, in which somebody signs up, confirms their address and looks around. */
const lifetime = 7 * 86_400_000

/**
 * Where the choice of somebody goes on who has to sign up first. For all tabs of this browser: the link that confirms
 * an address is opened in a tab of its own.
 */
export function keepChoice(path: string, now = Date.now()) {
  try {
    localStorage.setItem(key, JSON.stringify({ path, until: now + lifetime }))
  } catch {
    // Storage is full or forbidden: they choose once more.
  }
}

export function keptChoice(now = Date.now()): string | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as { path: string; until: number } | null
    return kept && kept.until > now && kept.path.startsWith('/billing?') ? kept.path : undefined
  } catch {
    return undefined
  }
}

/** Once it was gone on with. */
export function dropChoice() {
  try {
    localStorage.removeItem(key)
  } catch {
    // Storage is forbidden: nothing was kept.
  }
}
