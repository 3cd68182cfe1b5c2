import type { Context } from '../context.ts'
import { cancelSchedule } from '../schedules/schedule-lifecycle.ts'
import { cancelSubscription } from '../subscriptions/cancellation.ts'
import { hasEnded } from '../subscriptions/invoice-settled.ts'
import type { Customer, DeletedCustomer } from '../state/state.ts'

/**
 * "Permanently deletes a customer. Also immediately cancels any active subscriptions", without a last invoice, and
 * "removes all credit card details and prevents any further operations": https://docs.stripe.com/api/customers/delete
 */
export function deleteCustomer(customer: Customer, ctx: Context): DeletedCustomer {
  const { id } = customer
  const { cards, customers, paymentMethods, schedules, subscriptions } = ctx.state
  for (const schedule of schedules.values()) {
    if (schedule.customer === id && schedule.status === 'not_started') cancelSchedule(schedule, {}, ctx)
  }
  for (const subscription of subscriptions.values()) {
    if (subscription.customer === id && !hasEnded(subscription)) cancelSubscription(subscription, {}, ctx)
  }
  ctx.emit('customer.deleted', customer)
  for (const method of paymentMethods.values()) {
    if (method.customer !== id) continue
    method.customer = null
    cards.delete(method.id)
  }
  const deleted: DeletedCustomer = { id, object: 'customer', deleted: true }
  customers.set(id, deleted)
  return deleted
}
