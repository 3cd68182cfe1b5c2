import { createContext, type Context } from '../context.ts'
import { emptyState, type State } from './state.ts'

interface Entry {
  customer?: unknown
}

/**
 * The same world for one customer, to try something in: whatever happens there changes nothing here and tells nobody.
 * A preview is what would have happened.
 */
export function forkFor(customer: string, { state, now, url }: Context): Context {
  const copy = emptyState()
  for (const name of Object.keys(copy) as (keyof State)[]) copyInto(copy[name], state[name], { name, customer })
  return createContext({ state: copy, url, request: { id: null, idempotency_key: null }, dispatch: () => 0 }, now)
}

/** What belongs to no customer but is needed to know what something costs, and how time goes. */
const common = new Set<keyof State>([
  'coupons',
  'meters',
  'prices',
  'products',
  'promotionCodes',
  'settings',
  'testClocks',
])

/** What has its customer in the key of another object: small enough to take along whole. */
const attached = new Set<keyof State>(['cards', 'subscriptionRecords'])

function copyInto(
  copy: Map<string, unknown>,
  from: Map<string, unknown>,
  { name, customer }: { name: keyof State; customer: string },
): void {
  for (const [id, entry] of from) {
    const own = id === customer || (entry as Entry).customer === customer
    if (own || common.has(name) || attached.has(name)) copy.set(id, structuredClone(entry))
  }
}
