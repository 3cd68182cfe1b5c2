import { amountOf } from '../arithmetic/amounts.ts'
import { sameInterval } from '../arithmetic/billing-period.ts'
import { redeemAll } from '../catalogue/discounts.ts'
import type { Context } from '../context.ts'
import { invalidRequest } from '../http/errors.ts'
import type { Price, Subscription, SubscriptionItem } from '../state/state.ts'
import { periodFrom } from './create-subscription.ts'
import type { ItemChange, SubscriptionChange } from './new-subscription.ts'
import { isMetered, itemObject, recurringOf, repriced } from './subscription-object.ts'
import { mostItems } from './subscription-params.ts'

/** What becomes of one item: null where it is not there before, or no more after. */
export interface Step {
  before: SubscriptionItem | null
  after: SubscriptionItem | null
  clearUsage: boolean
}

/** Every item, those that stay as they are and those that change, then those that are new. */
export function stepsOf(subscription: Subscription, changes: readonly ItemChange[], ctx: Context): Step[] {
  refuseImpossible(subscription, changes)
  const present = subscription.items.data.map((before): Step => {
    const change = changes.find(({ id }) => id === before.id)
    const clearUsage = change?.clearUsage ?? false
    if (!change) return { before, after: structuredClone(before), clearUsage }
    return { before, after: change.deleted ? null : changed(subscription, before, change, ctx), clearUsage }
  })
  const added = changes
    .filter(({ id }) => id === undefined)
    .map((change): Step => ({ before: null, after: add(subscription, change, ctx), clearUsage: false }))
  return [...present, ...added]
}

export function costsDiffer({ before, after }: Step): boolean {
  return before?.price.id !== after?.price.id || before?.quantity !== after?.quantity
}

/**
 * What resets the billing date and charges at once: https://docs.stripe.com/api/subscriptions/update. An item of another
 * interval beside one that stays does not: https://docs.stripe.com/billing/subscriptions/mixed-interval
 */
export function startsAnew(
  { status, trial_end: current, items }: Subscription,
  steps: readonly Step[],
  { billingCycleAnchor, trialEnd }: SubscriptionChange,
): boolean {
  if (trialEnd !== undefined && trialEnd !== current && (trialEnd !== 'now' || status === 'trialing')) return true
  if (status === 'trialing' || status === 'paused') return false
  if (billingCycleAnchor === 'now') return true
  const after = steps.flatMap((step) => step.after ?? [])
  const toPaid = billingCycleAnchor !== 'unchanged' && items.data.every(isFree) && !after.every(isFree)
  const keepsInterval = after.some((item) => items.data.some((before) => haveSameInterval(before, item)))
  return toPaid || !keepsInterval || steps.some(changesInterval)
}

function changesInterval({ before, after }: Step): boolean {
  return before !== null && after !== null && !haveSameInterval(before, after)
}

function haveSameInterval(one: SubscriptionItem, other: SubscriptionItem): boolean {
  return sameInterval(recurringOf(one.price), recurringOf(other.price))
}

function isFree({ price }: SubscriptionItem): boolean {
  return !isMetered(price) && amountOf(price, 1) === 0
}

/** The item with what was asked for. A metered price counts usage from now on. */
function changed(
  subscription: Subscription,
  before: SubscriptionItem,
  change: ItemChange,
  ctx: Context,
): SubscriptionItem {
  const price = change.price ?? before.price
  const after = repriced(before, price, change.quantity ?? before.quantity ?? 1)
  if (change.metadata) after.metadata = change.metadata
  if (change.discounts) after.discounts = redeemed(subscription, after, change.discounts, ctx)
  if (isMetered(price) && price.id !== before.price.id) after.current_period_start = ctx.now
  return after
}

/** In a trial until its end, else until the next date that the anchor marks. */
function add(subscription: Subscription, change: ItemChange, ctx: Context): SubscriptionItem {
  const { price } = change
  if (!price) throw invalidRequest('Missing required param: items[0][price].', { param: 'items[0][price]' })
  const { billing_cycle_anchor: anchor, cancel_at: until, status, trial_end: trialEnd } = subscription
  const period =
    status === 'trialing' && trialEnd !== null
      ? { start: ctx.now, end: trialEnd }
      : periodFrom(price, { anchor, from: ctx.now, until })
  const { quantity, metadata } = change
  const item = itemObject(subscription.id, { price, quantity, metadata }, period, ctx)
  return { ...item, discounts: redeemed(subscription, item, change.discounts ?? [], ctx) }
}

function redeemed(
  { id: subscription, customer, currency }: Subscription,
  { id: subscriptionItem }: SubscriptionItem,
  discounts: NonNullable<ItemChange['discounts']>,
  ctx: Context,
): string[] {
  const holder = { customer, subscription, subscriptionItem, currency }
  return redeemAll(discounts, holder, ctx).map((discount) => discount.id)
}

function refuseImpossible(subscription: Subscription, changes: readonly ItemChange[]): void {
  const gone = changes.filter(({ deleted }) => deleted)
  const added = changes.filter(({ id }) => id === undefined)
  const count = subscription.items.data.length - gone.length + added.length
  if (count === 0) {
    throw invalidRequest(
      'A subscription must have at least one active plan. In order to cancel a subscription, please use the cancel ' +
        'endpoint.',
      { param: 'items' },
    )
  }
  if (count > mostItems) throw invalidRequest(`A subscription has at most ${mostItems} items.`, { param: 'items' })
  for (const price of changes.flatMap((change) => change.price ?? [])) refuseForeign(subscription, price)
}

function refuseForeign({ currency }: Subscription, price: Price): void {
  if (price.currency === currency) return
  throw invalidRequest(
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    { param: 'items[0][price]' },
  )
}
