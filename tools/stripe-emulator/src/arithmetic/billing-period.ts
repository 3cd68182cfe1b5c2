import type { Price } from '../state/state.ts'

export type Recurring = Pick<NonNullable<Price['recurring']>, 'interval' | 'interval_count'>

/** From `start` until just before `end`, in seconds. */
export interface Period {
  start: number
  end: number
}

const day = 86_400
const averageDays = { day: 1, week: 7, month: 365.2425 / 12, year: 365.2425 }

/**
 * The whole period that contains `at`, for periods counted both ways from `anchor`. One that began on the 31st ends its
 * months on their last day and comes back to the 31st. In UTC.
 * https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function periodAt(anchor: number, recurring: Recurring, at: number): Period {
  const length = averageDays[recurring.interval] * recurring.interval_count * day
  let count = Math.floor((at - anchor) / length)
  while (boundary(anchor, recurring, count) > at) count -= 1
  while (boundary(anchor, recurring, count + 1) <= at) count += 1
  return { start: boundary(anchor, recurring, count), end: boundary(anchor, recurring, count + 1) }
}

/** The end of the period that contains `at`. */
export function periodEnd(anchor: number, recurring: Recurring, at: number): number {
  return periodAt(anchor, recurring, at).end
}

export function sameInterval(a: Recurring, b: Recurring): boolean {
  return a.interval === b.interval && a.interval_count === b.interval_count
}

function boundary(anchor: number, { interval, interval_count: count }: Recurring, periods: number): number {
  switch (interval) {
    case 'day':
      return anchor + periods * count * day
    case 'week':
      return anchor + periods * count * 7 * day
    case 'month':
      return addMonths(anchor, periods * count)
    case 'year':
      return addMonths(anchor, periods * count * 12)
  }
}

/** The same moment so many months later, or on the last day of a month that is too short. */
export function addMonths(from: number, months: number): number {
  const start = new Date(from * 1000)
  const end = new Date(start)
  end.setUTCMonth(start.getUTCMonth() + months, 1)
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay))
  return end.getTime() / 1000
}
