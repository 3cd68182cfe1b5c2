/** A parameter as it arrives: text, or named parts (`items[0][price]` has the parts `0`, then `price`). */
export type FormValue = string | { [name: string]: FormValue }

export class FormError extends Error {}

const maxDepth = 10

/**
 * Decodes Stripe's bracket syntax, in which `list[]=a` takes the next number. Lists stay numbered parts. What is given
 * twice is refused, because one of the two would be passed over.
 */
export function decodeForm(text: string): Record<string, FormValue> {
  const root = emptyParts()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const [name = '', ...rest] = pair.split('=')
    assign(root, splitName(decode(name)), decode(rest.join('=')))
  }
  return root
}

function splitName(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (!match) throw new FormError(`Invalid parameter name: ${name}`)
  const path = [
    match[1] ?? '',
    ...(match[2] ?? '')
      .split('[')
      .slice(1)
      .map((part) => part.slice(0, -1)),
  ]
  if (path.includes('__proto__')) throw new FormError(`Invalid parameter name: ${name}`)
  if (path.length > maxDepth) throw new FormError(`Parameter nested too deeply: ${name}`)
  return path
}

function assign(root: Record<string, FormValue>, path: string[], value: string): void {
  let parts = root
  for (const [depth, name] of path.entries()) {
    const key = name === '' ? String(Object.keys(parts).length) : name
    const given = parts[key]
    if (depth === path.length - 1) {
      if (typeof given === 'string') throw new FormError(`Parameter given twice: ${nameOf(path)}`)
      if (given !== undefined) throw givenBothWays(path)
      parts[key] = value
      return
    }
    if (typeof given === 'string') throw givenBothWays(path)
    const inner = given ?? emptyParts()
    parts[key] = inner
    parts = inner
  }
}

function givenBothWays(path: string[]): FormError {
  return new FormError(`Parameter given both as a value and in parts: ${path[0] ?? ''}`)
}

function nameOf([first = '', ...rest]: string[]): string {
  return first + rest.map((part) => `[${part}]`).join('')
}

/** Without a prototype, so that a part named `__proto__` is only a name. */
function emptyParts(): Record<string, FormValue> {
  return Object.create(null) as Record<string, FormValue>
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new FormError(`Invalid percent-encoding: ${text}`)
  }
}
