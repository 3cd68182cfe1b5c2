import type { Period } from './billing-period.ts'
import { portion } from './decimal.ts'

/** Money that was charged in advance for a stretch of time, in minor units and net of discounts. */
export interface Charged extends Period {
  amount: number
}

/**
 * What `part` of `whole` costs when the whole costs `amount`: by the second, in whole minor units.
 * https://docs.stripe.com/billing/subscriptions/prorations
 */
export function shareOf(amount: number, part: Period, whole: Period): number {
  return portion(amount, { part: Math.max(0, part.end - part.start), whole: whole.end - whole.start })
}

/**
 * Gives back what was charged for the time from `at` on: how much, for which time, and what remains charged. The two
 * always add up to what was charged, however often a charge is cut.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function cutAt<C extends Charged>(charge: C, at: number): { credit: number; rest: C; unused: Period } {
  const from = Math.min(Math.max(at, charge.start), charge.end)
  const unused = { start: from, end: charge.end }
  const credit = charge.end > from ? shareOf(charge.amount, unused, charge) : 0
  return { credit, rest: { ...charge, amount: charge.amount - credit, end: from }, unused }
}
