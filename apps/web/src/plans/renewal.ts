import type { Interval } from '@lightpress/billing-contract'

/** The day on which a subscription bought now renews. Months of different length end on their last day, as at Stripe. */
export function renewal(from: Date, interval: Interval): Date {
  const months = interval === 'month' ? 1 : 12
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1))
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  first.setUTCHours(from.getUTCHours(), from.getUTCMinutes(), from.getUTCSeconds())
  return first
}
