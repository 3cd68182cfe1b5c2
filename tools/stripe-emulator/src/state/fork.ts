import { createContext, type Context } from '../context.ts'
import { copyOf } from './copy.ts'
import { commonNames, ownedNames, ownIn } from './owners.ts'
import { emptyState } from './state.ts'

/**
 * The same world for one customer, to try something in: whatever happens there changes nothing here and tells nobody.
 * A preview is what would have happened.
 */
export function forkFor(customer: string, { state, now, byTime, url }: Context): Context {
  const copy = emptyState()
  for (const name of commonNames) copyInto(copy[name], state[name])
  for (const name of ownedNames) copyInto(copy[name], ownIn(name, customer, state))
  const request = { id: null, idempotency_key: null }
  return createContext({ state: copy, byTime, url, request, dispatch: () => 0 }, now)
}

function copyInto(map: Map<string, unknown>, entries: Iterable<[string, unknown]>): void {
  for (const [key, value] of entries) map.set(key, copyOf(value))
}
