import type { Context } from '../context.ts'
import { refusalToFinalize } from '../invoices/finalization.ts'
import { forkFor } from '../state/fork.ts'
import type { State, Subscription } from '../state/state.ts'

/**
 * Does it in a world of its own first, so that what is refused on the way leaves nothing half done: one of several
 * discounts, or an invoice of more than can be charged, which whoever asks for it is told of. What time or a schedule
 * does goes on, and leaves such an invoice a draft.
 */
export function tryFirst(
  customer: string,
  attempt: (fork: Context) => Subscription,
  ctx: Context,
): { tried: Subscription; state: State } {
  const fork = forkFor(customer, ctx)
  const tried = attempt(fork)
  const invoice = fork.state.invoices.get(tried.latest_invoice ?? '')
  const isNew = invoice !== undefined && !ctx.state.invoices.has(invoice.id)
  if (isNew && invoice.last_finalization_error && !ctx.byTime && tried.schedule === null) {
    throw refusalToFinalize(invoice)
  }
  return { tried, state: fork.state }
}

export function inFork({ id }: Subscription, { state }: Context): Subscription {
  const copy = state.subscriptions.get(id)
  if (!copy) throw new Error(`subscription ${id} is missing in its fork`)
  return copy
}
