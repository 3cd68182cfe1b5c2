import type { Meter, State, UsageRecord } from '../state/state.ts'

export interface UsageQuery {
  meter: string
  customer: string
  /** Seconds: usage of [from, to) counts. */
  from: number
  to: number
}

/** What a meter shows for a customer, as a decimal: `0` where nothing was reported, or nothing is left. */
export function usageOf({ meter, customer, from, to }: UsageQuery, { meters, usage }: State): string {
  const found = meters.get(meter)
  if (!found) return '0'
  const reports = [...usage.values()].filter(
    (report) =>
      report.customer === customer &&
      report.eventName === found.event_name &&
      !report.cancelled &&
      report.timestamp >= from &&
      report.timestamp < to,
  )
  return aggregate(reports, found.default_aggregation.formula)
}

/** https://docs.stripe.com/billing/subscriptions/usage-based/meters/configure */
function aggregate(reports: UsageRecord[], formula: Meter['default_aggregation']['formula']): string {
  switch (formula) {
    case 'sum':
      return sum(reports.map(({ value }) => value))
    case 'count':
      return String(reports.length)
    case 'last': {
      // Of two reports of the same second, the one that came later.
      const last = reports.reduce<UsageRecord | null>(
        (latest, report) => (latest && latest.timestamp > report.timestamp ? latest : report),
        null,
      )
      return last?.value ?? '0'
    }
  }
}

/** Exact, whatever the number of decimals. */
function sum(values: string[]): string {
  const places = Math.max(0, ...values.map((value) => value.split('.')[1]?.length ?? 0))
  const total = values.reduce((before, value) => before + scaled(value, places), 0n)
  return unscaled(total, places)
}

function scaled(value: string, places: number): bigint {
  const [whole = '', fraction = ''] = value.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}

function unscaled(total: bigint, places: number): string {
  if (places === 0) return String(total)
  const digits = String(total < 0n ? -total : total).padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return `${total < 0n ? '-' : ''}${digits.slice(0, -places)}${fraction && `.${fraction}`}`
}
