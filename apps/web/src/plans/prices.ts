import type { Interval, Money, Plan } from '@lightpress/billing-contract'

/** What a plan costs a seat and interval; undefined where it is not sold that way. */
export function priceOf(plan: Plan, interval: Interval): Money | undefined {
  return plan.prices.find((price) => price.interval === interval)?.price
}

export function times(price: Money, seats: number): Money {
  return { ...price, amount: price.amount * seats }
}

/** Whole percent that a year saves against twelve months, rounded down: never more is promised than is given. */
export function yearlySaving(plan: Plan): number {
  const [month, year] = [priceOf(plan, 'month'), priceOf(plan, 'year')]
  if (!month || !year || month.currency !== year.currency || month.amount <= 0) return 0
  return Math.max(0, Math.floor((1 - year.amount / (month.amount * 12)) * 100))
}

/** The day on which a subscription bought now renews. Months of different length end on their last day, as at Stripe. */
export function renewal(from: Date, interval: Interval): Date {
  const months = interval === 'month' ? 1 : 12
  const first = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1))
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(from.getUTCDate(), lastDay))
  first.setUTCHours(from.getUTCHours(), from.getUTCMinutes(), from.getUTCSeconds())
  return first
}
