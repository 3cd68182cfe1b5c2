import type { Access, Assurance } from '@lightpress/protocol'
import { findNarrowings } from './narrowing.ts'
import type { Json, OperationSnapshot, Snapshot } from './snapshot.ts'

/**
 * What the next version of a contract would break for those who were built against the last one; empty when it only
 * adds. Both versions run side by side during a deployment, and the seam parses on both ends.
 */
export function findBreaks(last: Snapshot, next: Snapshot): string[] {
  const operations = Object.entries(last.operations).flatMap(([name, before]) => {
    const after = next.operations[name]
    return after ? operationBreaks(before, after).map((what) => `${name}: ${what}`) : [`${name}: was removed`]
  })
  const events = Object.entries(last.events).flatMap(([type, before]) => {
    const after = next.events[type]
    if (!after) return [`${type}: was removed`]
    const silenced = before.listeners.filter((listener) => !after.listeners.includes(listener))
    return [
      ...silenced.map((listener) => `${type}: no longer tells ${listener}`),
      ...payloadBreaks(before.payload, after.payload).map((what) => `${type}: ${what}`),
    ]
  })
  const reasons = last.reasons.filter((reason) => !next.reasons.includes(reason))
  return [...operations, ...events, ...reasons.map((reason) => `${reason}: was removed`)].map(
    (what) => `${last.name} ${what}`,
  )
}

function operationBreaks(before: OperationSnapshot, after: OperationSnapshot): string[] {
  const breaks: string[] = []
  for (const key of ['method', 'path', 'status'] as const) {
    if (before[key] !== after[key]) breaks.push(`${key} was ${before[key] ?? 'none'}, is ${after[key] ?? 'none'}`)
  }
  if (tightened(before.access, after.access)) breaks.push(`access was ${before.access}, is ${after.access}`)
  // Without a scope an API key could not call it before.
  if (before.scope !== null && before.scope !== after.scope)
    breaks.push(after.scope === null ? 'an API key may not call it any more' : `an API key now needs ${after.scope}`)
  if (assurances.indexOf(after.assurance) > assurances.indexOf(before.assurance))
    breaks.push(`assurance was ${before.assurance ?? 'none'}, is ${after.assurance ?? 'none'}`)
  return [...breaks, ...inputBreaks(before.input, after.input), ...outputBreaks(before.output, after.output)]
}

/** From anybody to the few. `signed`, `platform` and `service` ask for something else altogether. */
const ladder: readonly Access[] = ['public', 'user', 'member', 'admin', 'owner']

/** From none to the surest. */
const assurances: readonly (Assurance | null)[] = [null, 'self', 'recent']

function tightened(before: Access, after: Access): boolean {
  if (before === after) return false
  const [from, to] = [ladder.indexOf(before), ladder.indexOf(after)]
  return from === -1 || to === -1 || to > from
}

/** What could be sent must still be taken. */
function inputBreaks(before: Json | null, after: Json | null): string[] {
  if (!before) return after?.required?.length ? [`input: ${after.required.join(', ')} must be sent now`] : []
  if (!after) return ['input: was removed']
  return findNarrowings(before, after, 'input').map(({ path, what }) => `${path}: ${what}`)
}

/** What is answered must be known to a reader of the last version. */
function outputBreaks(before: Json | null, after: Json | null): string[] {
  if (!before) return []
  if (!after) return ['output: was removed']
  return findNarrowings(after, before, 'output').map(({ path, what }) => `${path}: ${what}`)
}

/** A new listener reads events that wait since before, an old one reads new events: it must hold both ways. */
function payloadBreaks(before: Json, after: Json): string[] {
  return [...new Set([...inputBreaks(before, after), ...outputBreaks(before, after)])].map((what) =>
    what.replace(/^(in|out)put/, 'payload'),
  )
}
