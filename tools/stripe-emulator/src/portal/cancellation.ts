import { refuseScheduledCancellation } from '../schedules/scheduled-subscription.ts'
import type { Subscription } from '../state/state.ts'
import { updateSubscription } from '../subscriptions/billing.ts'
import { cancellationAtPeriodEnd, cancelSubscription } from '../subscriptions/cancellation.ts'
import { requireFeature, type Visit } from './visit.ts'

type Details = NonNullable<Subscription['cancellation_details']>

/** What they said about why they leave. */
export interface Reason {
  feedback: string
  comment: string
}

/** Ends a plan as the configuration says: with its period, or now. */
export function cancelPlan(subscription: Subscription, reason: Reason, visit: Visit): void {
  requireFeature(visit, 'subscription_cancel')
  refuseScheduledCancellation(subscription)
  const {
    cancellation_reason: asked,
    mode,
    proration_behavior: behavior,
  } = visit.configuration.features.subscription_cancel
  const details = {
    comment: reason.comment.trim() || null,
    feedback: asked.options.find((option) => option === reason.feedback) ?? null,
  } satisfies Partial<Details>
  if (mode === 'immediately') {
    const ending = { prorate: behavior !== 'none', invoiceNow: behavior === 'always_invoice', details }
    cancelSubscription(subscription, ending, visit.ctx)
    return
  }
  const changes = cancellationAtPeriodEnd(subscription, true, visit.ctx)
  if (!changes.cancellation_details) return
  const told = { ...changes.cancellation_details, ...details }
  updateSubscription(subscription, { ...changes, cancellation_details: told }, visit.ctx)
}

/** Goes on with a plan that was to end. */
export function resumePlan(subscription: Subscription, visit: Visit): void {
  requireFeature(visit, 'subscription_cancel')
  refuseScheduledCancellation(subscription)
  updateSubscription(subscription, cancellationAtPeriodEnd(subscription, false, visit.ctx), visit.ctx)
}
