/** A name of the code as words: `cancelAtPeriodEnd`, `role_changed` and `membership.joined` alike. */
export function inWords(name: string): string {
  return name
    .replace(/[._-]+/g, ' ')
    .replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim()
}

/** As a sentence begins. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** "billing", "billing and users", "auth, billing and users". */
export function listed(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(words)
}
