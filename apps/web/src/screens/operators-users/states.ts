import type { AdminUser } from '@lightpress/users-contract'
import type { BadgeProps } from '../../ui/badge.tsx'

export type State = AdminUser['state']

export const stateWords: Record<State, { label: string; tone: NonNullable<BadgeProps['tone']> }> = {
  active: { label: 'Active', tone: 'success' },
  suspended: { label: 'Suspended', tone: 'danger' },
  closing: { label: 'Being erased', tone: 'warning' },
}

export const stateOptions = Object.entries(stateWords).map(([value, { label }]) => ({ value, label }))

export interface Search {
  query?: string
  state?: State
}

/** What an address asks for. A state that there is not is left out, and what no search takes is cut off. */
export function parseSearch({ query, state }: Record<string, string | string[] | undefined>): Search {
  const text = typeof query === 'string' ? query.trim().slice(0, 100).trim() : ''
  const known = Object.keys(stateWords).find((one) => one === state) as State | undefined
  return { ...(text !== '' && { query: text }), ...(known && { state: known }) }
}
