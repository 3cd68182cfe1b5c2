import { action, json } from '@solidjs/router'
import type { Role } from '@lightpress/protocol'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'
import { nullIfNone } from '../operators-users/data.ts'
import type { Search } from '../operators-users/states.ts'

const pageLength = 25

export const getOrganizationsFound = read('operators-organizations', (search: Search, cursor: string | undefined) =>
  readPage(cursor, (from) => users.searchOrganizations({ ...search, limit: pageLength, ...from })),
)

/** Null where there is none. */
export const getOrganization = read('operators-organization', (id: string) =>
  users.readOrganization({ id }).catch(nullIfNone),
)

export interface MemberSearch {
  query?: string
  role?: Role
}

export const getOrganizationMembers = read(
  'operators-members',
  (id: string, search: MemberSearch, cursor: string | undefined) =>
    readPage(cursor, (from) => users.listOrganizationMembers({ id, ...search, limit: pageLength, ...from })),
)

/** What tells whether anybody may act in it. */
const aboutOrganizations = [getOrganizationsFound.key, getOrganization.key, 'operators-user', 'organizations']

export const suspendOrganization = action(
  async (id: string) => json(await users.suspendOrganization({ id }), { revalidate: aboutOrganizations }),
  'suspend-organization',
)

export const restoreOrganization = action(
  async (id: string) => json(await users.restoreOrganization({ id }), { revalidate: aboutOrganizations }),
  'restore-organization',
)
