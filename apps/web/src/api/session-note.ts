/**
 * The session lives in HttpOnly cookies that no script reads. What scripts know of it is noted here: when it was
 * last renewed, for whom and for which organisation. Storage tells the other tabs, so that one renews for all. A note is a
 * hint about what to show, never a permission.
 */
export interface SessionNote {
  /** Milliseconds since the epoch. */
  renewedAt: number
  userId: string
  organizationId: string | null
}

const key = 'session'
let inMemory: SessionNote | undefined

export function readSession(): SessionNote | undefined {
  try {
    return parse(localStorage.getItem(key))
  } catch {
    return inMemory
  }
}

/** Without storage each tab renews for itself; the server's grace window makes that safe. */
export function writeSession(note: SessionNote | undefined) {
  inMemory = note
  try {
    if (note) localStorage.setItem(key, JSON.stringify(note))
    else localStorage.removeItem(key)
  } catch {
    return
  }
}

/**
 * What another tab did to the session: began or ended it, handed it to another person, or went over to another
 * organisation. Returns its own undoing.
 */
export function onOtherTab(listener: (did: 'begun' | 'ended' | 'replaced' | 'switched') => void): () => void {
  const changed = ({ key: which, oldValue, newValue }: StorageEvent) => {
    if (which !== key) return
    const [before, after] = [parse(oldValue), parse(newValue)]
    if (!before || !after) {
      if (before) listener('ended')
      if (after) listener('begun')
    } else if (before.userId !== after.userId) listener('replaced')
    else if (before.organizationId !== after.organizationId) listener('switched')
  }
  addEventListener('storage', changed)
  return () => removeEventListener('storage', changed)
}

function parse(value: string | null): SessionNote | undefined {
  return value === null ? undefined : (JSON.parse(value) as SessionNote)
}
