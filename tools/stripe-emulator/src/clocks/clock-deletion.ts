import type { Context } from '../context.ts'
import { ownedNames, ownIn } from '../state/owners.ts'
import type { State, TestClock } from '../state/state.ts'

/** A clock goes with its customers and all that is theirs; what remains is the event. */
export function deleteClock(clock: TestClock, ctx: Context): void {
  const { state } = ctx
  const customers = [...state.customers.values()].filter((customer) => !customer.deleted)
  for (const { id, test_clock: on } of customers) if (on === clock.id) forget(id, state)
  state.testClocks.delete(clock.id)
  ctx.emit('test_helpers.test_clock.deleted', clock)
}

function forget(customer: string, state: State): void {
  // All is found before any of it goes: some of it is the customer's only through something else.
  const own = ownedNames.map((name) => [state[name], ownIn(name, customer, state)] as const)
  for (const [map, entries] of own) for (const [key] of entries) map.delete(key)
}
