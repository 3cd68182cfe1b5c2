import type { Interval, MeterId, Plan, PlanId, Subscription } from '@lightpress/billing-contract'
import { entitledPlan } from './grace.ts'
import { limits, plans } from './plans.ts'

/** What must be known of a subscription; undefined where there is none. */
export interface UsageStanding {
  planId: Exclude<PlanId, 'free'>
  status: Subscription['status']
  interval: Interval | null
  currentPeriodStart: Date | null
  currentPeriodEnd: Date
  pastDueSince: Date | null
}

export interface UsageTerms {
  /** [start, end): what is used in it is counted together. */
  start: Date
  end: Date
  /** The most that can be used in it; null for as much as is wanted. */
  limit: number | null
  /** What the plan charges for it, if it charges anything. */
  metered: Plan['metered'][number] | null
}

/**
 * Within what time something that is used now is counted, and by which rules: of a plan that charges for it the billing
 * period, as Stripe's invoice does, of others the calendar month (UTC). So what was used on another plan before is neither
 * in what a plan includes nor charged, and what was charged takes nothing of what another plan allows.
 */
export function termsOf(
  standing: UsageStanding | undefined,
  { meterId, now }: { meterId: MeterId; now: Date },
): UsageTerms {
  const planId = entitledPlan(standing, now)
  const limit = limits[planId][meterId]
  const metered = meteredPriceOf(planId, { meterId, interval: standing?.interval ?? 'month' })
  if (!standing || !metered) return { ...calendarMonth(now), limit, metered: null }
  return { ...billingPeriod(standing, now), limit, metered }
}

function meteredPriceOf(planId: PlanId, { meterId, interval }: { meterId: MeterId; interval: Interval }) {
  const plan = plans.find(({ id }) => id === planId)
  return plan?.metered.find((price) => price.meterId === meterId && price.interval === interval) ?? null
}

function calendarMonth(now: Date) {
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) }
}

/** The one that we know, or where it has ended and nobody told us yet, the one that Stripe has begun since. */
function billingPeriod({ interval, currentPeriodStart, currentPeriodEnd }: UsageStanding, now: Date) {
  const months = interval === 'year' ? 12 : 1
  const known = currentPeriodStart ?? addMonths(currentPeriodEnd, -months)
  // A period that began on the 31st ends on the 28th of February, and the next one on the 31st of March.
  const anchor = Math.max(known.getUTCDate(), currentPeriodEnd.getUTCDate())
  let [start, end] = [known, currentPeriodEnd]
  while (end <= now) [start, end] = [end, addMonths(end, months, anchor)]
  return { start, end }
}

/** On the day `anchor` of that month, or its last where it has no such day. */
export function addMonths(date: Date, months: number, anchor = date.getUTCDate()): Date {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const midnight = Date.UTC(year, month, Math.min(anchor, lastDay))
  return new Date(midnight + (date.getTime() % DAY))
}

/** Milliseconds. */
const DAY = 86_400_000
