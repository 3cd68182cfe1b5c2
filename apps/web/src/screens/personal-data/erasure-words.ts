import type { ErasureItem } from '@lightpress/users-contract'

export type Outcome = ErasureItem['outcome']

/** A kind of thing, and how many of it. */
export interface Line {
  name: string
  count: number
  because: string | null
}

export interface OutcomeGroup {
  outcome: Outcome
  lines: Line[]
}

/** What is ended at somebody else's comes first, as it does when it is done; what stays comes last. */
const order: readonly Outcome[] = ['cancelled', 'deleted', 'emptied', 'kept']

/** What goes and what stays, by what becomes of it. Of what there is none nothing is said; what is called alike is one. */
export function groupItems(items: readonly ErasureItem[]): OutcomeGroup[] {
  return order
    .map((outcome) => ({ outcome, lines: linesOf(items.filter((item) => item.outcome === outcome)) }))
    .filter(({ lines }) => lines.length > 0)
}

function linesOf(items: readonly ErasureItem[]): Line[] {
  const lines = new Map<string, Line>()
  for (const { name, count, because } of items) {
    const key = `${name} ${because ?? ''}`
    lines.set(key, { name: capital(name), count: count + (lines.get(key)?.count ?? 0), because })
  }
  return [...lines.values()].filter(({ count }) => count > 0)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
