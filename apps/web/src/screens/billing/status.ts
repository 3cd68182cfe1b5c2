import type { Subscription } from '@lightpress/billing-contract'

interface Told {
  label: string
  tone: 'success' | 'info' | 'warning' | 'danger' | 'neutral'
}

const told: Record<Subscription['status'], Told> = {
  active: { label: 'Active', tone: 'success' },
  trialing: { label: 'Trial', tone: 'info' },
  past_due: { label: 'Payment failed', tone: 'danger' },
  unpaid: { label: 'Paused', tone: 'danger' },
  incomplete: { label: 'Waiting for payment', tone: 'warning' },
  // What has ended has left the free plan behind, which is as active as it can be.
  canceled: { label: 'Active', tone: 'success' },
}

export function statusOf(subscription: Subscription): Told {
  if (subscription.status === 'past_due' && isPaused(subscription)) return told.unpaid
  return subscription.cancelAtPeriodEnd && isRunning(subscription)
    ? { label: 'Does not renew', tone: 'warning' }
    : told[subscription.status]
}

/** Paid for and usable. */
export function isRunning({ planId, status }: Subscription): boolean {
  return planId !== 'free' && (status === 'active' || status === 'trialing')
}

/** Subscribed to, and not to be used until it is paid. */
export function isPaused({ planId, entitledPlanId }: Pick<Subscription, 'planId' | 'entitledPlanId'>): boolean {
  return planId !== 'free' && entitledPlanId === 'free'
}

/** Whole days that are left, the last one included; none when it is over. */
export function daysLeft(until: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(until) - now.getTime()) / 86_400_000))
}

/** Until when a trial can be offered cannot be asked; but whoever had a subscription has had theirs. */
export function mayTry({ planId, status }: Subscription): boolean {
  return planId === 'free' && status !== 'canceled'
}
