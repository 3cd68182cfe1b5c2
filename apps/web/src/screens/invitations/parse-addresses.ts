/** As many as one can look over. */
export const mostAtOnce = 50

const address = /^[^\s@<>"(),;:]+@[^\s@<>"(),;:]+$/

export interface ParsedAddresses {
  /** As typed, each once: two spellings that differ in case alone are one. */
  addresses: string[]
  /** What stands between them and is none. */
  faults: string[]
}

/**
 * The addresses in what somebody typed or pasted: a column of a table, a line of a mail (`Ada Lovelace <ada@example.com>`),
 * with commas, semicolons or nothing but spaces in between.
 */
export function parseAddresses(text: string): ParsedAddresses {
  const addresses = new Map<string, string>()
  const faults: string[] = []
  for (const part of text.split(/[\n,;]+/)) {
    const { found, rest } = inPart(part)
    for (const one of found) if (!addresses.has(one.toLowerCase())) addresses.set(one.toLowerCase(), one)
    if (rest !== '') faults.push(rest)
  }
  return { addresses: [...addresses.values()], faults }
}

/** A name beside an address in angle brackets is nobody's address; without one, each word should be. */
function inPart(part: string): { found: string[]; rest: string } {
  const named = /<\s*([^<>\s]+)\s*>/.exec(part)?.[1]
  if (named !== undefined) return address.test(named) ? { found: [named], rest: '' } : { found: [], rest: part.trim() }
  const words = part.split(/\s+/).filter(Boolean)
  return {
    found: words.filter((word) => address.test(word)),
    rest: words.filter((word) => !address.test(word)).join(' '),
  }
}

/** What is wrong with what was typed, in a sentence. */
export function addressesFault(text: string): string | undefined {
  const { addresses, faults } = parseAddresses(text)
  if (faults[0] !== undefined) return `“${shortened(faults[0])}” is no e-mail address.`
  if (addresses.length > mostAtOnce) return `These are ${addresses.length}. Invite up to ${mostAtOnce} at a time.`
  return undefined
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
