/**
 * Where in a value there is a text that PostgreSQL cannot store, as a path; undefined when there is none. It has no
 * U+0000, and its UTF-8 has no half of a surrogate pair. Not recursive: a body may be nested half a million deep.
 */
export function findUnstorable(value: unknown): string | undefined {
  const waiting: { value: unknown; path: string }[] = [{ value, path: '' }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next
    if (typeof value === 'string' && !isStorable(value)) return path
    if (typeof value !== 'object' || value === null) continue
    for (const [name, inner] of Object.entries(value)) {
      if (!isStorable(name)) return path
      waiting.push({ value: inner, path: path === '' ? name : `${path}.${name}` })
    }
  }
  return undefined
}

function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
