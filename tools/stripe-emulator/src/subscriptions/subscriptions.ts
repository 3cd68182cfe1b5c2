import type Stripe from 'stripe'
import { z } from 'zod'
import { endDiscount } from '../catalogue/discounts.ts'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { paginate, where } from '../http/list.ts'
import { created, paging, params, text } from '../http/params.ts'
import { followSubscription, refuseScheduledCancellation } from '../schedules/scheduled-subscription.ts'
import type { Discount, Subscription } from '../state/state.ts'
import { cancelSubscription, currentPeriodEnd } from './cancellation.ts'
import { changeSubscription } from './change-subscription.ts'
import { createSubscription } from './create-subscription.ts'
import { hasEnded } from './invoice-settled.ts'
import { pauseSubscription, resumeSubscription } from './pausing.ts'
import { changeOf, detailed, newSubscriptionOf } from './reading.ts'
import { cancelParams, createParams, pauseParams, resumeParams, updateParams } from './subscription-params.ts'

const path = '/v1/subscriptions'

const listParams = params<Stripe.SubscriptionListParams>()({
  ...paging,
  collection_method: z.enum(['charge_automatically', 'send_invoice']).optional(),
  created,
  current_period_end: created,
  current_period_start: created,
  customer: text.optional(),
  price: text.optional(),
  status: z
    .enum([
      'active',
      'all',
      'canceled',
      'ended',
      'incomplete',
      'incomplete_expired',
      'past_due',
      'paused',
      'trialing',
      'unpaid',
    ])
    .optional(),
  test_clock: text.optional(),
})

type Listed = z.infer<typeof listParams>

export const subscriptions: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const customer = findCustomer(given.customer, ctx, 'customer')
    const onClock = onClockOf(customer.id, ctx)
    return createSubscription(newSubscriptionOf(given, customer, onClock), onClock)
  }),

  member(['GET', `${path}/:id`], params<Stripe.SubscriptionRetrieveParams>()({}), (id, _given, ctx) =>
    findSubscription(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const subscription = findSubscription(id, ctx)
    const onClock = onClockOf(subscription.customer, ctx)
    if (given.cancel_at !== undefined || given.cancel_at_period_end !== undefined) {
      refuseScheduledCancellation(subscription)
    }
    changeSubscription(subscription, changeOf(given, subscription, onClock), onClock)
    followSubscription(subscription, onClock)
    return subscription
  }),

  member(['DELETE', `${path}/:id`], cancelParams, (id, given, ctx) => {
    const subscription = findLive(id, ctx)
    const ending = {
      invoiceNow: given.invoice_now,
      prorate: given.prorate,
      details: detailed(subscription.cancellation_details, given.cancellation_details),
    }
    return cancelSubscription(subscription, ending, onClockOf(subscription.customer, ctx))
  }),

  member(['POST', `${path}/:id/pause`], pauseParams, (id, given, ctx) => {
    const subscription = findLive(id, ctx)
    if (subscription.schedule !== null) throw invalidRequest('You cannot pause a subscription that has a schedule.')
    if (subscription.status !== 'active' && subscription.status !== 'past_due') throw notIn(subscription, 'paused')
    const from = given.bill_for?.unused_time_from?.type ?? 'now'
    const pause = {
      billUsage: given.bill_for?.outstanding_usage_through?.type !== 'none',
      creditFrom: from === 'none' ? null : from,
      invoicing: given.invoicing_behavior ?? 'pending_invoice_item',
    }
    return pauseSubscription(subscription, pause, onClockOf(subscription.customer, ctx))
  }),

  member(['POST', `${path}/:id/resume`], resumeParams, (id, given, ctx) => {
    const subscription = findLive(id, ctx)
    if (subscription.status !== 'paused') throw notIn(subscription, 'resumed')
    if (subscription.collection_method === 'send_invoice') {
      throw invalidRequest('You can only resume a subscription with `collection_method=charge_automatically`.')
    }
    const resumption = {
      anchor: given.billing_cycle_anchor?.type ?? 'now',
      prorationBehavior: given.proration_behavior ?? 'create_prorations',
      prorationDate: given.proration_date,
      payment: given.payment_behavior ?? 'resume_on_payment_attempt',
    }
    return resumeSubscription(subscription, resumption, onClockOf(subscription.customer, ctx))
  }),

  member(
    ['DELETE', `${path}/:id/discount`],
    params<Stripe.SubscriptionDeleteDiscountParams>()({}),
    (id, _given, ctx) => {
      const subscription = findLive(id, ctx)
      const discount = ctx.state.discounts.get(subscription.discounts[0] ?? '')
      if (!discount) throw noSuch('discount', id)
      endDiscount(discount, onClockOf(subscription.customer, ctx))
      return deleted(discount)
    },
  ),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(state.subscriptions.matching(asked(given)), path, given),
  ),
]

function findSubscription(id: string, ctx: Context, param?: string): Subscription {
  const subscription = ctx.state.subscriptions.get(id)
  if (!subscription) throw noSuch('subscription', id, param)
  return subscription
}

/** One that goes on, or waits for its first payment. */
export function findLive(id: string, ctx: Context): Subscription {
  const subscription = findSubscription(id, ctx)
  if (hasEnded(subscription)) throw noSuch('subscription', id)
  return subscription
}

function notIn({ id, status }: Subscription, wanted: string): Error {
  return invalidRequest(`The subscription ${id} cannot be ${wanted} because it is ${status}.`)
}

function deleted({ id, checkout_session, customer, customer_account, invoice, invoice_item, ...rest }: Discount) {
  const { promotion_code, source, start, subscription, subscription_item } = rest
  return {
    id,
    object: 'discount',
    checkout_session,
    customer,
    customer_account,
    deleted: true,
    invoice,
    invoice_item,
    promotion_code,
    source,
    start,
    subscription,
    subscription_item,
  }
}

/** Those on test clocks are left out unless a clock or a customer is named. */
function asked(given: Listed): (subscription: Subscription) => boolean {
  const { current_period_start: started, current_period_end: ends, price, status } = given
  const same = where(given, 'collection_method', 'customer', 'test_clock')
  return (subscription) =>
    same(subscription) &&
    (subscription.test_clock === null || given.test_clock !== undefined || given.customer !== undefined) &&
    matchesStatus(subscription.status, status) &&
    (price === undefined || subscription.items.data.some((item) => item.price.id === price)) &&
    isWithin(Math.max(...subscription.items.data.map((item) => item.current_period_start)), started) &&
    isWithin(currentPeriodEnd(subscription), ends)
}

function isWithin(value: number, range: Listed['created'] = {}): boolean {
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range
  return value > gt && value >= gte && value < lt && value <= lte
}

/** https://docs.stripe.com/api/subscriptions/list#list_subscriptions-status */
function matchesStatus(status: Subscription['status'], wanted: string | undefined): boolean {
  if (wanted === undefined) return status !== 'canceled'
  if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired'
  return wanted === 'all' || status === wanted
}
