import type { PlanId, Subscription } from '@lightpress/billing-contract'
import type { SubscriptionRow } from './subscriptions.ts'
import type { FoundInvoice } from './stripe/invoice-readings.ts'
import type { FoundSubscription } from './stripe/readings.ts'

const DAY = 86_400_000

/** Milliseconds for which a plan stays after a payment failed: seven days. */
export const GRACE = 7 * DAY

interface Standing {
  planId: PlanId
  status: Subscription['status']
  pastDueSince: Date | null
}

/** When the plan of somebody whose payment failed ends; null for whoever pays. */
export function graceEnd({ pastDueSince }: Pick<Standing, 'pastDueSince'>): Date | null {
  return pastDueSince && new Date(pastDueSince.getTime() + GRACE)
}

/** What can be used: the plan that is paid for, or was until a few days ago. Nothing is deleted when it is free again. */
export function entitledPlan(standing: Standing | undefined, now: Date): PlanId {
  if (!standing) return 'free'
  const { planId, status } = standing
  switch (status) {
    case 'active':
    case 'trialing':
      return planId
    case 'past_due': {
      const end = graceEnd(standing)
      // Not read yet since when: nobody loses anything by our not knowing.
      return end === null || now < end ? planId : 'free'
    }
    case 'unpaid':
    case 'incomplete':
    case 'canceled':
      return 'free'
  }
}

/** Whether the plan has ended though Stripe is still trying to take the money. */
export function isGraceOver(standing: Standing, now: Date): boolean {
  return standing.status === 'past_due' && entitledPlan(standing, now) === 'free'
}

/** Since when the oldest of its open invoices was to be paid; the beginning of the period where Stripe has none such. */
export function pastDueSinceOf(
  { id, status, currentPeriodStart }: FoundSubscription,
  invoices: readonly FoundInvoice[],
): Date | null {
  if (status !== 'past_due' && status !== 'unpaid') return null
  const [since] = invoices
    .filter(({ stripeSubscriptionId, status }) => stripeSubscriptionId === id && status === 'open')
    .flatMap(({ dueAt }) => dueAt ?? [])
    .toSorted((a, b) => a.getTime() - b.getTime())
  return since ?? currentPeriodStart
}

/** Milliseconds before the end of a trial from which on it is told. */
export const TRIAL_NOTICE = 3 * DAY

/** Whether a trial that goes over into what is to be paid does so within days; one that was cancelled does not. */
export function trialEndsSoon(
  { status, trialEnd, cancelAtPeriodEnd }: Pick<SubscriptionRow, 'status' | 'trialEnd' | 'cancelAtPeriodEnd'>,
  now: Date,
): boolean {
  if (status !== 'trialing' || trialEnd === null || cancelAtPeriodEnd) return false
  return now < trialEnd && trialEnd.getTime() - now.getTime() <= TRIAL_NOTICE
}

/** What trials and grace are measured by: our clock, or Stripe's where that is ahead of ours (`customer.clockAt`). */
export function nowFor(clockAt: Date | null | undefined): Date {
  return new Date(Math.max(Date.now(), clockAt?.getTime() ?? 0))
}
