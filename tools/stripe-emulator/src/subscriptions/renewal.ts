import type { Context } from '../context.ts'
import { findCustomer } from '../customers/customers.ts'
import { defaultMethodOf } from '../payments/payment-methods.ts'
import type { Subscription, SubscriptionItem } from '../state/state.ts'
import { draftFor } from './billing.ts'
import { cancelSubscription } from './cancellation.ts'
import { periodFrom } from './create-subscription.ts'
import { advanceLines, usageLines } from './lines.ts'
import { becomePaused } from './pausing.ts'
import { pendingOf } from './prorations.ts'
import { whileTelling } from './telling.ts'

/**
 * Begins the next period of the items whose period is over, and bills both: what was used, and what will be. The draft
 * is finalised and paid an hour later. https://docs.stripe.com/billing/invoices/subscription
 */
export function renew(subscription: Subscription, ctx: Context): void {
  if (endsTrial(subscription, ctx) && !hasMethod(subscription, ctx)) {
    const after = subscription.trial_settings?.end_behavior.missing_payment_method
    if (after === 'cancel') {
      cancelSubscription(subscription, {}, ctx)
      return
    }
    if (after === 'pause') {
      becomePaused(subscription, 'trial_end_without_payment_method', ctx)
      return
    }
  }
  beginPeriods(subscription, ctx)
}

function beginPeriods(subscription: Subscription, ctx: Context): void {
  const trial = endsTrial(subscription, ctx)
  const over = subscription.items.data.filter((item) => item.current_period_end <= ctx.now)
  const start = Math.min(...over.map((item) => item.current_period_start))
  whileTelling(subscription, ctx, (quiet) => {
    if (trial) subscription.status = 'active'
    const lines = over.flatMap((item) => [
      ...(trial ? [] : usageLines(subscription, item, periodOf(item), ctx)),
      ...advanceLines(subscription, beginPeriod(subscription, item, ctx), ctx),
    ])
    if (lines.length > 0 || pendingOf(subscription, ctx).length > 0) {
      draftFor(subscription, { reason: 'subscription_cycle', lines, period: { start, end: ctx.now } }, quiet)
    }
  })
}

function beginPeriod(subscription: Subscription, item: SubscriptionItem, ctx: Context): SubscriptionItem {
  const period = periodFrom(item.price, {
    anchor: subscription.billing_cycle_anchor,
    from: ctx.now,
    until: subscription.cancel_at,
  })
  item.current_period_start = period.start
  item.current_period_end = period.end
  return item
}

function endsTrial({ status, trial_end: end }: Subscription, { now }: Context): boolean {
  return status === 'trialing' && end !== null && end <= now
}

function hasMethod(subscription: Subscription, ctx: Context): boolean {
  if (subscription.collection_method === 'send_invoice') return true
  return defaultMethodOf(findCustomer(subscription.customer, ctx), subscription, ctx.state) !== null
}

function periodOf({ current_period_start: start, current_period_end: end }: SubscriptionItem) {
  return { start, end }
}
