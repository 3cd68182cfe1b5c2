import type { ActivityFilter } from '@lightpress/users-contract'
import { dayStart } from '../../ui/day-start.ts'
import { activityActions } from './sentence.ts'

const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The names that a filter has in the address: what happened, by whom, and on which days, both inclusive. */
export type Filter = Partial<Record<'action' | 'actor' | 'from' | 'until', string>>

/** Days of the person's zone, as moments that the log can be asked about. What the screen could not ask is left out. */
export function toActivityFilter({ action, actor, from, until }: Filter, timeZone: string): ActivityFilter {
  const known = activityActions.find(({ value }) => value === action)
  const start = from === undefined ? undefined : dayStart(from, timeZone)
  const end = until === undefined ? undefined : dayStart(until, timeZone, 1)
  return {
    ...(known && { action: known.value }),
    ...(actor !== undefined && id.test(actor) && { actorId: actor }),
    ...(start && { from: start.toISOString() }),
    ...(end && { until: end.toISOString() }),
  }
}

/** The filter that an address asks for, as it stands there. */
export function parseFilter({ action, actor, from, until }: Record<string, string | string[] | undefined>): Filter {
  return { ...one('action', action), ...one('actor', actor), ...one('from', from), ...one('until', until) }
}

function one(name: keyof Filter, value: string | string[] | undefined): Filter {
  return typeof value === 'string' && value !== '' ? { [name]: value } : {}
}
