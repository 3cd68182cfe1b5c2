import { createContext, type Context } from '../context.ts'
import { copyOf } from './copy.ts'
import { commonNames, ownedNames, ownIn, type OwnedName } from './owners.ts'
import { isSettled } from './settled.ts'
import { emptyState, type State } from './state.ts'

/**
 * The same world for one customer, to try something in: whatever happens there changes nothing here and tells nobody.
 * A preview is what would have happened. What is settled is shared and not copied, or each month of a long life would
 * cost more than the one before.
 */
export function forkFor(customer: string, { state, now, byTime, url }: Context): Context {
  const copy = emptyState()
  for (const name of commonNames) {
    const map: Map<string, unknown> = copy[name]
    for (const [key, value] of state[name]) map.set(key, copyOf<unknown>(value))
  }
  for (const name of ownedNames) takeAlong(name, customer, { from: state, to: copy })
  const request = { id: null, idempotency_key: null }
  return createContext({ state: copy, byTime, url, request, dispatch: () => 0 }, now)
}

function takeAlong<Name extends OwnedName>(
  name: Name,
  customer: string,
  { from, to }: { from: State; to: State },
): void {
  const map: Map<string, unknown> = to[name]
  for (const entry of ownIn(name, customer, from)) {
    const [key, value] = entry
    map.set(key, isSettled(name, entry, from) ? value : copyOf<unknown>(value))
  }
}
