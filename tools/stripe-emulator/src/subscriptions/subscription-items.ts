import type Stripe from 'stripe'
import { onClockOf } from '../clocks/on-clock.ts'
import type { Context } from '../context.ts'
import { collection, member, type Endpoint } from '../http/endpoint.ts'
import { invalidRequest, noSuch } from '../http/errors.ts'
import { pageOf } from '../http/list.ts'
import { flag, metadata, paging, params, text, timestamp } from '../http/params.ts'
import { followSubscription } from '../schedules/scheduled-subscription.ts'
import type { Subscription, SubscriptionItem } from '../state/state.ts'
import { changeSubscription } from './change-subscription.ts'
import { refuseMisplaced } from './checks.ts'
import type { SubscriptionChange } from './new-subscription.ts'
import { itemChangeOf, paymentBehaviorOf } from './reading.ts'
import { isMetered } from './subscription-object.ts'
import { discounts, paymentBehavior, prorationBehavior, quantity } from './subscription-params.ts'
import { findLive } from './subscriptions.ts'

const path = '/v1/subscription_items'

const createParams = params<Stripe.SubscriptionItemCreateParams>()({
  discounts,
  metadata: metadata.optional(),
  payment_behavior: paymentBehavior.optional(),
  price: text,
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
  quantity: quantity.optional(),
  subscription: text,
})

const updateParams = params<Stripe.SubscriptionItemUpdateParams>()({
  discounts,
  metadata: metadata.optional(),
  off_session: flag.optional(),
  payment_behavior: paymentBehavior.optional(),
  price: text.optional(),
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
  quantity: quantity.optional(),
})

const deleteParams = params<Stripe.SubscriptionItemDeleteParams>()({
  clear_usage: flag.optional(),
  payment_behavior: paymentBehavior.optional(),
  proration_behavior: prorationBehavior.optional(),
  proration_date: timestamp.optional(),
})

type Item = Parameters<typeof itemChangeOf>[0]

interface How {
  clear_usage?: boolean | undefined
  off_session?: boolean | undefined
  payment_behavior?: Parameters<typeof paymentBehaviorOf>[0]
  proration_behavior?: SubscriptionChange['prorationBehavior']
  proration_date?: number | undefined
}

/** Each of them changes the item's subscription. https://docs.stripe.com/api/subscription_items */
export const subscriptionItems: Endpoint[] = [
  collection(['POST', path], createParams, (given, ctx) => {
    const { discounts, metadata, price, quantity } = given
    const subscription = findLive(given.subscription, ctx)
    const before = new Set(subscription.items.data.map(({ id }) => id))
    changeItem(subscription, { discounts, metadata, price, quantity }, given, ctx)
    return subscription.items.data.find(({ id }) => !before.has(id)) ?? {}
  }),

  member(['GET', `${path}/:id`], params<Stripe.SubscriptionItemRetrieveParams>()({}), (id, _given, ctx) =>
    itemOf(holderOf(id, ctx), id),
  ),

  member(['POST', `${path}/:id`], updateParams, (id, given, ctx) => {
    const { discounts, metadata, price, quantity } = given
    const subscription = holderOf(id, ctx)
    changeItem(subscription, { id, discounts, metadata, price, quantity }, given, ctx)
    return itemOf(subscription, id)
  }),

  member(['DELETE', `${path}/:id`], deleteParams, (id, given, ctx) => {
    const subscription = holderOf(id, ctx)
    if (given.clear_usage && !isMetered(itemOf(subscription, id).price)) {
      throw invalidRequest('`clear_usage` can only be passed for an item whose price is `metered`.', {
        param: 'clear_usage',
      })
    }
    changeItem(subscription, { id, deleted: true }, given, ctx)
    return { id, object: 'subscription_item', deleted: true }
  }),

  collection(
    ['GET', path],
    params<Stripe.SubscriptionItemListParams>()({ ...paging, subscription: text }),
    (given, ctx) => pageOf(findLive(given.subscription, ctx).items.data, path, given),
  ),
]

function changeItem(subscription: Subscription, item: Item, how: How, ctx: Context): void {
  const onClock = onClockOf(subscription.customer, ctx)
  refuseMisplaced({ items: [item], proration_date: how.proration_date }, subscription, onClock)
  changeSubscription(
    subscription,
    {
      items: [{ ...itemChangeOf(item, { subscription, param: 'items[0]' }, onClock), clearUsage: how.clear_usage }],
      offSession: how.off_session,
      paymentBehavior: paymentBehaviorOf(how.payment_behavior),
      prorationBehavior: how.proration_behavior,
      prorationDate: how.proration_date,
    },
    onClock,
  )
  followSubscription(subscription, onClock)
}

function holderOf(id: string, ctx: Context): Subscription {
  for (const subscription of ctx.state.subscriptions.values()) {
    if (subscription.items.data.some((item) => item.id === id)) return subscription
  }
  throw noSuch('subscription_item', id)
}

function itemOf({ items }: Subscription, id: string): SubscriptionItem {
  const item = items.data.find((one) => one.id === id)
  if (!item) throw noSuch('subscription_item', id)
  return item
}
