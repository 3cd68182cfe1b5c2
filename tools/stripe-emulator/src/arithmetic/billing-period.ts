import type { Price } from '../state/state.ts'

type Recurring = Pick<NonNullable<Price['recurring']>, 'interval' | 'interval_count'>

/**
 * The end of the period that contains `at`, for periods counted from `anchor`. A subscription that began on the 31st
 * ends its months on their last day and comes back to the 31st. Seconds, in UTC.
 */
export function periodEnd(anchor: number, { interval, interval_count: count }: Recurring, at: number): number {
  let periods = 1
  while (addIntervals(anchor, interval, count * periods) <= at) periods += 1
  return addIntervals(anchor, interval, count * periods)
}

function addIntervals(from: number, interval: Recurring['interval'], count: number): number {
  switch (interval) {
    case 'day':
      return from + count * 86_400
    case 'week':
      return from + count * 7 * 86_400
    case 'month':
      return addMonths(from, count)
    case 'year':
      return addMonths(from, count * 12)
  }
}

function addMonths(from: number, months: number): number {
  const start = new Date(from * 1000)
  const end = new Date(start)
  end.setUTCMonth(start.getUTCMonth() + months, 1)
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay))
  return end.getTime() / 1000
}
