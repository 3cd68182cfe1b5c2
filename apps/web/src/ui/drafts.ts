/**
 * What was typed into a form and not yet sent, kept for this tab: a reload, an ended session or a new
 * version of the product must not cost it. Never passwords (a form does not hand them over).
 */
const prefix = 'draft:'

export function readDraft(form: string): Record<string, string> {
  try {
    return JSON.parse(sessionStorage.getItem(prefix + form) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

export function keepDraft(form: string, values: Record<string, string>) {
  try {
    sessionStorage.setItem(prefix + form, JSON.stringify(values))
  } catch {
    // Storage is full or forbidden: the form itself still holds what was typed.
  }
}

export function dropDraft(form: string) {
  sessionStorage.removeItem(prefix + form)
}

/** At sign-out: what one person typed is not for the next. */
export function dropDrafts() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key)
}
