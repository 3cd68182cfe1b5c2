import type { AuditFilter } from '@lightpress/auth-contract'
import { dayStart } from '../../ui/day-start.ts'

/** The filter as the address has it, and as the form shows it. */
export interface Filter {
  person?: string | undefined
  action?: string | undefined
  /** Days, both inclusive, as `2026-11-20`. */
  from?: string | undefined
  until?: string | undefined
  /** `true`, or not there. */
  impersonated?: string | undefined
}

export const filterNames = ['person', 'action', 'from', 'until', 'impersonated'] as const

/** Days of the person's zone, as moments that the log can be asked about. What is no day is left out. */
export function toAuditFilter(filter: Filter, timeZone: string): AuditFilter {
  const { person, action, from, until, impersonated } = filter
  const start = from === undefined ? undefined : dayStart(from, timeZone)
  const end = until === undefined ? undefined : dayStart(until, timeZone, 1)
  return {
    ...(person && { person }),
    ...(action && { action: action as NonNullable<AuditFilter['action']> }),
    ...(start && { from: start.toISOString() }),
    ...(end && { until: end.toISOString() }),
    ...(impersonated === 'true' && { impersonated: 'true' as const }),
  }
}

/** What of it is set, to be put into an address. */
export function toQuery(filter: Filter): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of filterNames) if (filter[name]) query.set(name, filter[name])
  return query
}
