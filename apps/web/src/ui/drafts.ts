/**
 * What was typed into a form and not yet sent, kept for this tab: a reload, an ended session or a new
 * version of the product must not cost it. Never passwords (a form does not hand them over).
 */
const prefix = 'draft:'

export interface DraftKey {
  form: string
  /** The id of who is signed in; a form for strangers has none. */
  owner?: string | undefined
}

export function readDraft(key: DraftKey): Record<string, string> {
  try {
    return JSON.parse(sessionStorage.getItem(nameOf(key)) ?? '{}') as Record<string, string>
  } catch {
    return {}
  }
}

export function keepDraft(key: DraftKey, values: Record<string, string>) {
  try {
    sessionStorage.setItem(nameOf(key), JSON.stringify(values))
  } catch {
    // Storage is full or forbidden: the form itself still holds what was typed.
  }
}

export function dropDraft(key: DraftKey) {
  dropWhere((name) => name === nameOf(key))
}

/** At sign-out: what one person typed is not for the next. */
export function dropDrafts() {
  dropWhere((name) => name.startsWith(prefix))
}

/** Once it is known who is there: the session may have ended in another tab, and this one kept what was typed in it. */
export function dropDraftsOfOthers(owner: string) {
  dropWhere((name) => name.startsWith(prefix) && !name.startsWith(nameOf({ form: '', owner })))
}

function nameOf({ form, owner = '' }: DraftKey): string {
  return `${prefix}${owner}:${form}`
}

function dropWhere(matches: (name: string) => boolean) {
  try {
    for (const name of Object.keys(sessionStorage)) if (matches(name)) sessionStorage.removeItem(name)
  } catch {
    // Storage is forbidden: there are no drafts.
  }
}
