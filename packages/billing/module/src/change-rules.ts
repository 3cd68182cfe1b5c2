import type { Interval, Subscription } from '@lightpress/billing-contract'
import type { PaidPlanId } from './plans.ts'

// Pure rules of another plan: what takes effect when, and for how many seats. Time comes in as an argument.

export interface Terms {
  planId: PaidPlanId
  /** Null where Stripe bills by another one than we sell. */
  interval: Interval | null
  minimumSeats: number
}

export type Effect = 'now' | 'period_end'

/** More is had at once, and so is everything while nothing is charged yet; less only when the period that is paid for ends. */
export function effectOf(from: Terms & { status: Subscription['status'] }, to: Terms): Effect {
  if (from.status === 'trialing') return 'now'
  if (from.planId !== to.planId) return rank[to.planId] > rank[from.planId] ? 'now' : 'period_end'
  if (from.interval !== to.interval) return to.interval === 'year' ? 'now' : 'period_end'
  return to.minimumSeats >= from.minimumSeats ? 'now' : 'period_end'
}

export function isSame(from: Terms, to: Terms): boolean {
  return from.planId === to.planId && from.interval === to.interval && from.minimumSeats === to.minimumSeats
}

/** Whoever pays an older price, or one of their own, goes on paying it until they choose another plan. */
export function keepsPrice(from: Terms, to: Terms): boolean {
  return from.planId === to.planId && from.interval === to.interval
}

interface Period {
  currentPeriodStart: Date
  currentPeriodEnd: Date
}

/**
 * Whole seconds within the running period, which is what Stripe prorates for. Our clock is not Stripe's: it may say that
 * a period has not begun yet, or is over, while for Stripe it runs.
 */
export function prorationMoment(now: Date, { currentPeriodStart, currentPeriodEnd }: Period): Date {
  const within = Math.min(Math.max(now.getTime(), currentPeriodStart.getTime()), currentPeriodEnd.getTime())
  return new Date(Math.floor(within / 1000) * 1000)
}

/** Milliseconds for which a preview may be confirmed, and by which the clocks of two processes may differ. */
const PREVIEW_IS_GOOD = 3_600_000
const CLOCKS_DIFFER = 60_000

/**
 * Whether a preview of `at` can be confirmed: it is of this period and less than an hour old. One of the future was not
 * made by us, and would cost less than what it is about.
 */
export function isGood(at: Date, now: Date, period: Period): boolean {
  const age = prorationMoment(now, period).getTime() - at.getTime()
  return at >= period.currentPeriodStart && age <= PREVIEW_IS_GOOD && age >= -CLOCKS_DIFFER
}

const rank: Record<PaidPlanId, number> = { pro: 1, business: 2 }
