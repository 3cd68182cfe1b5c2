import type { Subscription } from '@lightpress/billing-contract'

interface Told {
  label: string
  tone: 'success' | 'info' | 'warning' | 'danger' | 'neutral'
}

const told: Record<Subscription['status'], Told> = {
  active: { label: 'Active', tone: 'success' },
  trialing: { label: 'Trial', tone: 'info' },
  past_due: { label: 'Payment failed', tone: 'danger' },
  unpaid: { label: 'Unpaid', tone: 'danger' },
  incomplete: { label: 'Waiting for payment', tone: 'warning' },
  canceled: { label: 'Ended', tone: 'neutral' },
}

export function statusOf({ status, cancelAtPeriodEnd }: Subscription): Told {
  return cancelAtPeriodEnd && status === 'active' ? { label: 'Ends soon', tone: 'warning' } : told[status]
}

/** Paid for and usable. */
export function isRunning({ planId, status }: Subscription): boolean {
  return planId !== 'free' && (status === 'active' || status === 'trialing')
}
