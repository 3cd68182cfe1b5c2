import { createContext, type Context } from '../context.ts'
import { isCommon, ownIn } from './owners.ts'
import { emptyState, type State } from './state.ts'

/**
 * The same world for one customer, to try something in: whatever happens there changes nothing here and tells nobody.
 * A preview is what would have happened.
 */
export function forkFor(customer: string, { state, now, byTime, url }: Context): Context {
  const copy = emptyState()
  for (const name of Object.keys(copy) as (keyof State)[]) {
    const into: Map<string, unknown> = copy[name]
    for (const [id, entry] of isCommon(name) ? state[name] : ownIn(name, customer, state)) {
      into.set(id, structuredClone(entry))
    }
  }
  const request = { id: null, idempotency_key: null }
  return createContext({ state: copy, byTime, url, request, dispatch: () => 0 }, now)
}
