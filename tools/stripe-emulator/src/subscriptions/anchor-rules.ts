import type { Context } from '../context.ts'
import { invalidRequest, type ApiError } from '../http/errors.ts'
import type { Subscription } from '../state/state.ts'
import { startsAnew, stepsOf } from './item-steps.ts'
import type { SubscriptionChange } from './new-subscription.ts'

const param = 'billing_cycle_anchor[type]'

/** Why the anchor that a change asks for cannot be had; null if it can, or if none is asked for. */
export function anchorRefusal(subscription: Subscription, change: SubscriptionChange, ctx: Context): ApiError | null {
  if (change.billingCycleAnchor === 'now') return refusalOfNow(subscription, change, ctx)
  return change.billingCycleAnchor === 'unchanged' ? refusalOfUnchanged(subscription, change, ctx) : null
}

/** https://docs.stripe.com/changelog/endive/2026-10-28/error-code-billing-cycle-trial-end-validation-subscriptions */
function refusalOfNow(
  { status, trial_end: current }: Subscription,
  { trialEnd = status === 'trialing' ? (current ?? undefined) : undefined }: SubscriptionChange,
  { now }: Context,
): ApiError | null {
  if (status === 'paused') {
    return invalidRequest('A paused subscription gets another billing cycle anchor when it is resumed.', { param })
  }
  if (typeof trialEnd !== 'number' || trialEnd <= now) return null
  return invalidRequest(
    'The billing cycle anchor cannot be before the end of the trial: end it with `trial_end=now`.',
    {
      code: 'subscription_update_trial_after_billing_cycle_anchor',
      param,
    },
  )
}

/** From free to paid it can stay; where a trial or another interval begins a new period it cannot. */
function refusalOfUnchanged(
  subscription: Subscription,
  { items = [], ...change }: SubscriptionChange,
  ctx: Context,
): ApiError | null {
  const undiscounted = items.map((item) => ({ ...item, discounts: undefined }))
  if (!startsAnew(subscription, stepsOf(subscription, undiscounted, ctx), change)) return null
  return invalidRequest(
    'The billing cycle anchor cannot stay `unchanged` where another interval, or a trial that begins or ends, begins a ' +
      'new period: leave it out.',
    { param },
  )
}
