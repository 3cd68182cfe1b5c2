import type { BillingContext } from '../context.ts'
import { ask, idOf, unlessMissing } from './client.ts'
import { seatItemOf } from './readings.ts'

/**
 * Has the plan paid with the customer's default card from now on, and makes that the one that it is paid with. Checkout gives a
 * subscription a card of its own: whoever makes another one their default in the portal would go on being charged to the old
 * one. https://docs.stripe.com/api/subscriptions/object#subscription_object-default_payment_method
 */
export async function payByDefaultCard(customerId: string, ctx: BillingContext): Promise<void> {
  const params = { customer: customerId, limit: 100 }
  const listed = await unlessMissing(ask(ctx, (stripe) => stripe.subscriptions.list(params)))
  for (const subscription of listed?.data ?? []) {
    const { id, status, default_payment_method: own } = subscription
    const isBegun = status !== 'incomplete' && status !== 'incomplete_expired'
    if (own === null || !isBegun || !seatItemOf(subscription)) continue
    // First what it is paid with then: should the second be lost, it is paid as before.
    const invoice_settings = { default_payment_method: idOf(own) }
    await ask(ctx, (stripe) => stripe.customers.update(customerId, { invoice_settings }))
    await ask(ctx, (stripe) => stripe.subscriptions.update(id, { default_payment_method: '' }))
    return
  }
}
