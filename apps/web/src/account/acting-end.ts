const key = 'acting-ended'

/**
 * Leaves what was of the person whom an operator acted as, when that ended without them: at the same address they would
 * go on, and not see that what they type is now their own. Whom it was of is kept for this tab and stands in no
 * address: nobody else can have it said.
 */
export function leaveActing(name: string) {
  try {
    sessionStorage.setItem(key, name)
  } catch {
    // Storage is forbidden: they are led away all the same.
  }
  location.replace('/operators/act-as')
}

/** Whom somebody acted as until it ended; said once. */
export function takeActingEnd(): string | undefined {
  try {
    const name = sessionStorage.getItem(key) ?? undefined
    sessionStorage.removeItem(key)
    return name
  } catch {
    return undefined
  }
}
