import type Stripe from 'stripe'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { noSuch, notCovered } from '../http/errors.ts'
import { paginate, where, wholeList } from '../http/list.ts'
import { created, flag, integerBetween, list, metadata, paging, params, text, unsettable } from '../http/params.ts'
import type { Subscription, SubscriptionItem } from '../state/state.ts'
import { mergeMetadata } from '../http/metadata.ts'
import { findPaymentMethod } from '../payments/payment-methods.ts'
import { findPrice } from '../catalogue/prices.ts'
import {
  cancellationAtPeriodEnd,
  endSubscription,
  noCancellation,
  recurringOf,
  repriced,
  updateSubscription,
} from './subscription-lifecycle.ts'

const path = '/v1/subscriptions'

const cancellationDetails = params<Stripe.SubscriptionCancelParams.CancellationDetails>()({
  comment: unsettable(text).optional(),
  feedback: z
    .enum([
      'customer_service',
      'low_quality',
      'missing_features',
      'other',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
    ])
    .optional(),
}).optional()

const itemParams = params<Stripe.SubscriptionUpdateParams.Item>()({
  id: text,
  price: text.optional(),
  quantity: integerBetween(0, 999_999).optional(),
})

const updateParams = params<Stripe.SubscriptionUpdateParams>()({
  cancel_at_period_end: flag.optional(),
  cancellation_details: cancellationDetails,
  default_payment_method: text.optional(),
  description: unsettable(text).optional(),
  items: list(itemParams).optional(),
  metadata: metadata.optional(),
  proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).optional(),
})

const listParams = params<Stripe.SubscriptionListParams>()({
  ...paging,
  created,
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
})

export const subscriptions: Endpoint[] = [
  member(['GET', `${path}/:id`], params<Stripe.SubscriptionRetrieveParams>()({}), (id, _given, ctx) =>
    findSubscription(id, ctx),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const subscription = findSubscription(id, ctx)
    refuseEnded(subscription)
    const method = given.default_payment_method
    if (method !== undefined) findPaymentMethod(method, ctx, 'default_payment_method')
    const items = changedItems(subscription, given.items ?? [], ctx)
    refuseProration(subscription, items, given.proration_behavior)
    const cancel = given.cancel_at_period_end ?? subscription.cancel_at_period_end
    const cancellation = cancellationAtPeriodEnd(subscription, cancel, ctx)
    return updateSubscription(
      subscription,
      {
        ...cancellation,
        cancellation_details: detailed({ ...subscription, ...cancellation }, given.cancellation_details),
        default_payment_method: method,
        description: given.description,
        items: wholeList(items, subscription.items.url),
        metadata: mergeMetadata(subscription.metadata, given.metadata),
      },
      ctx,
    )
  }),

  member(
    ['DELETE', `${path}/:id`],
    params<Stripe.SubscriptionCancelParams>()({ cancellation_details: cancellationDetails }),
    (id, given, ctx) => {
      const subscription = findSubscription(id, ctx)
      refuseEnded(subscription)
      subscription.cancellation_details = detailed(subscription, given.cancellation_details)
      return endSubscription(subscription, ctx)
    },
  ),

  collection(['GET', path], listParams, (given, { state }) =>
    paginate(
      [...state.subscriptions.values()]
        .filter(({ status }) => matchesStatus(status, given.status))
        .filter(where(given, 'customer'))
        .filter(({ items }) => given.price === undefined || items.data.some(({ price }) => price.id === given.price)),
      path,
      given,
    ),
  ),
]

function findSubscription(id: string, ctx: Context): Subscription {
  const subscription = ctx.state.subscriptions.get(id)
  if (!subscription) throw noSuch('subscription', id)
  return subscription
}

function refuseEnded({ id, status }: Subscription): void {
  if (status === 'canceled') throw noSuch('subscription', id)
}

function changedItems(
  subscription: Subscription,
  given: z.infer<typeof itemParams>[],
  ctx: Context,
): SubscriptionItem[] {
  const unknown = given.find(({ id }) => !subscription.items.data.some((item) => item.id === id))
  if (unknown) throw noSuch('subscription_item', unknown.id, 'items[0][id]')
  return subscription.items.data.map((item) => {
    const change = given.find(({ id }) => id === item.id)
    if (!change) return item
    const price = change.price === undefined ? item.price : findPrice(change.price, ctx, 'items[0][price]')
    if (price.currency !== subscription.currency || !sameInterval(price.recurring, recurringOf(item.price))) {
      throw notCovered('a change to a price with another interval or currency', 'items[0][price]')
    }
    return repriced(item, price, change.quantity ?? item.quantity ?? 1)
  })
}

/** To charge the difference is not covered yet, and to leave it out unasked would be wrong by that amount. */
function refuseProration(subscription: Subscription, items: SubscriptionItem[], behaviour = 'create_prorations'): void {
  const before = subscription.items.data
  const same = items.every(
    (item, at) => item.quantity === before[at]?.quantity && item.price.id === before[at]?.price.id,
  )
  if (same || behaviour === 'none' || subscription.status === 'trialing') return
  throw notCovered(`proration_behavior=${behaviour}: pass proration_behavior=none`, 'proration_behavior')
}

function detailed(
  { cancellation_details: current }: Subscription,
  given: z.infer<typeof cancellationDetails>,
): Subscription['cancellation_details'] {
  const { comment = current?.comment ?? null, feedback = current?.feedback ?? null } = given ?? {}
  return { ...(current ?? noCancellation), comment, feedback }
}

function sameInterval(
  a: { interval: string; interval_count: number } | null,
  b: { interval: string; interval_count: number },
): boolean {
  return a?.interval === b.interval && a.interval_count === b.interval_count
}

function matchesStatus(status: Subscription['status'], wanted: string | undefined): boolean {
  if (wanted === undefined) return status !== 'canceled'
  if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired'
  return wanted === 'all' || status === wanted
}
