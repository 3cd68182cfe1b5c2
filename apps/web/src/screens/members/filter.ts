import { roles } from '../../account/roles.ts'
import type { MemberFilter } from './data.ts'

/** The filter that an address asks for. A role that there is not is left out. */
export function parseFilter({ query, role }: Record<string, string | string[] | undefined>): MemberFilter {
  const text = typeof query === 'string' ? query.trim() : ''
  return {
    ...(text !== '' && { query: text.slice(0, 100) }),
    ...withRole(roles.find((known) => known === role)),
  }
}

function withRole(role: MemberFilter['role']): MemberFilter {
  return role === undefined ? {} : { role }
}
