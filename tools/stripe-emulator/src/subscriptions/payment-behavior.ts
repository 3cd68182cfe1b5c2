import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { ApiError, invalidRequest } from '../http/errors.ts'
import { intentOf } from '../invoices/collection.ts'
import { defaultMethodOf } from '../payments/payment-methods.ts'
import { forkFor } from '../state/fork.ts'
import type { State, Subscription } from '../state/state.ts'
import { createSubscription } from './create-subscription.ts'
import type { NewSubscription } from './new-subscription.ts'
import { tryFirst } from './trying.ts'

/**
 * With `error_if_incomplete` nothing happens unless it can be paid for: it is tried in a world of its own first.
 * https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_behavior
 */
export function refuseIfUnpaid(customer: string, attempt: (fork: Context) => Subscription, ctx: Context): void {
  const { tried, state } = tryFirst(customer, attempt, ctx)
  if (tried.status === 'incomplete' || tried.status === 'past_due') throw declined(tried, state)
}

/** What is charged by itself needs something to be charged, unless nothing is due or the customer is about to give it. */
export function refuseWithoutMethod(given: NewSubscription, ctx: Context): void {
  const { customer, collectionMethod, defaultPaymentMethod: own, paidBy, paymentBehavior, schedule } = given
  if (collectionMethod === 'send_invoice' || schedule !== undefined) return
  if (paymentBehavior === 'default_incomplete' || paidBy) return
  if (own !== null || defaultMethodOf(customer, null, ctx.state)) return
  const fork = forkFor(customer.id, ctx)
  const tried = createSubscription(
    { ...given, customer: findCustomer(customer.id, fork), paymentBehavior: 'default_incomplete' },
    fork,
  )
  if (tried.status !== 'incomplete') return
  throw invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment ' +
      'method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
}

/** https://docs.stripe.com/error-codes#subscription-payment-intent-requires-action */
function declined({ latest_invoice: id }: Subscription, state: State): ApiError {
  const invoice = state.invoices.get(id ?? '')
  const intent = invoice ? intentOf(invoice, state) : null
  if (intent?.status === 'requires_action') {
    return new ApiError(
      402,
      'card_error',
      'Payment for this subscription requires additional user action before it can be completed successfully. Payment ' +
        'can be completed using the PaymentIntent associated with `subscription.latest_invoice`.',
      { code: 'subscription_payment_intent_requires_action' },
    )
  }
  const { code, decline_code: reason, message } = intent?.last_payment_error ?? {}
  return new ApiError(402, 'card_error', message ?? 'The payment failed.', {
    ...(code !== undefined && { code }),
    ...(reason !== undefined && { decline_code: reason }),
  })
}
