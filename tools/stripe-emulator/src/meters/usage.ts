import { ownedBy } from '../state/owners.ts'
import type { Meter, State, UsageRecord } from '../state/state.ts'

export interface UsageQuery {
  meter: string
  customer: string
  /** Seconds: usage of [from, to) counts. */
  from: number
  to: number
}

/**
 * What is billed for a customer's usage, as a decimal; `0` where nothing was reported. "If the overall cycle usage is
 * negative, Stripe reports the invoice line item usage quantity as 0":
 * https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api
 */
export function usageOf(query: UsageQuery, state: State): string {
  const value = aggregate(reportsOf(query, state), formulaOf(query.meter, state))
  return value.startsWith('-') ? '0' : value
}

/** The reports that count for a meter, in the order in which they came. */
export function reportsOf({ meter, customer, from, to }: UsageQuery, state: State): UsageRecord[] {
  const event = state.meters.get(meter)?.event_name
  return ownedBy('usage', customer, state).filter(
    ({ eventName, cancelled, timestamp }) => eventName === event && !cancelled && timestamp >= from && timestamp < to,
  )
}

/** https://docs.stripe.com/api/billing/meter/create: `last` takes "the last event's value in the window". */
export function aggregate(reports: UsageRecord[], formula: Meter['default_aggregation']['formula']): string {
  switch (formula) {
    case 'sum':
      return String(reports.reduce((total, { value }) => total + BigInt(value), 0n))
    case 'count':
      return String(reports.length)
    case 'last':
      // Of two reports of the same second, the one that came later.
      return reports.reduce<UsageRecord | null>(later, null)?.value ?? '0'
  }
}

function later(before: UsageRecord | null, report: UsageRecord): UsageRecord {
  return before && before.timestamp > report.timestamp ? before : report
}

function formulaOf(meter: string, { meters }: State): Meter['default_aggregation']['formula'] {
  return meters.get(meter)?.default_aggregation.formula ?? 'sum'
}
