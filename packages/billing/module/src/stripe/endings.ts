import type { BillingContext } from '../context.ts'
import { ask, everyPage, unlessMissing } from './client.ts'

/** What of a customer can still take money: by Stripe's ids. A customer whom Stripe does not know has nothing. */
export interface Live {
  subscriptions: string[]
  sessions: string[]
}

/** Whatever was sold: a subscription that somebody made by hand at Stripe takes money like any other. */
export async function readLive(customerId: string, ctx: BillingContext): Promise<Live> {
  const whose = { customer: customerId, limit: 100 }
  const [subscriptions, sessions] = await Promise.all([
    unlessMissing(
      ask(ctx, (stripe) => stripe.subscriptions.list({ ...whose, status: 'all' }).autoPagingToArray(everyPage)),
    ),
    unlessMissing(
      ask(ctx, (stripe) => stripe.checkout.sessions.list({ ...whose, status: 'open' }).autoPagingToArray(everyPage)),
    ),
  ])
  const live = (subscriptions ?? []).filter(({ status }) => status !== 'canceled' && status !== 'incomplete_expired')
  return { subscriptions: live.map(({ id }) => id), sessions: (sessions ?? []).map(({ id }) => id) }
}

/** Ends a subscription now: nothing more is charged, and nothing is paid back. One that has ended stays as it is. */
export async function cancelSubscription(id: string, ctx: BillingContext): Promise<void> {
  // No idempotency key: to Stripe a DELETE is idempotent by itself.
  await unlessMissing(ask(ctx, (stripe) => stripe.subscriptions.cancel(id)))
}

/**
 * Deletes a customer for good: name, address and cards go, nothing can be begun in their name any more, and what still
 * runs is cancelled. Invoices stay with Stripe, who must keep them as long as the law wants.
 */
export async function deleteCustomer(id: string, ctx: BillingContext): Promise<void> {
  await unlessMissing(ask(ctx, (stripe) => stripe.customers.del(id)))
}
