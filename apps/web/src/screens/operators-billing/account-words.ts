import type { Account, Subscription } from '@lightpress/billing-contract'
import { planWords } from './search.ts'

export function nameOf({ organizationName }: Pick<Account, 'organizationName'>): string {
  return organizationName ?? 'An organisation that is gone'
}

/** "Pro, monthly · 3 seats". */
export function planLine({ planId, interval, seats }: Pick<Subscription, 'planId' | 'interval' | 'seats'>): string {
  const name = planWords[planId]
  if (planId === 'free') return name
  const every = interval === null ? '' : `, ${interval === 'month' ? 'monthly' : 'yearly'}`
  return `${name}${every} · ${seatsWords(seats)}`
}

export function seatsWords(count: number): string {
  return count === 1 ? '1 seat' : `${count} seats`
}

/** Subscribed to, and not to be used for want of money. */
export function isGraceOver({ status, planId, entitledPlanId }: Subscription): boolean {
  return status === 'past_due' && planId !== entitledPlanId
}
