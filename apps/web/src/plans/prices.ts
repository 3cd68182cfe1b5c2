import type { Interval, MeteredPrice, Plan } from '@lightpress/billing-contract'
import { type Money, percentLess, times } from '@lightpress/billing-contract/money'

/** What a plan costs a seat and interval; undefined where it is not sold that way. */
export function priceOf(plan: Plan, interval: Interval): Money | undefined {
  return plan.prices.find((price) => price.interval === interval)?.price
}

/** What a plan charges as it is used; undefined where what is in it is all there is. */
export function meteredOf(plan: Plan, interval: Interval): MeteredPrice | undefined {
  return plan.metered.find((metered) => metered.interval === interval)
}

/** Whole percent that a year saves against twelve months, rounded down: never more is promised than is given. */
export function yearlySaving(plan: Plan): number {
  const [month, year] = [priceOf(plan, 'month'), priceOf(plan, 'year')]
  if (!month || !year || month.currency !== year.currency) return 0
  return percentLess(year, times(month, 12))
}

/** Of several plans the most: "save up to". */
export function mostSaving(plans: readonly Plan[]): number {
  return Math.max(0, ...plans.map(yearlySaving))
}
