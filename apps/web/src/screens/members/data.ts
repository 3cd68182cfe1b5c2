import type { Role } from '@lightpress/protocol'
import { action, json, redirect } from '@solidjs/router'
import { actElsewhere } from '../../account/act-elsewhere.ts'
import { getActiveId, getOrganizations } from '../../account/data.ts'
import { read } from '../../api/read.ts'
import { readPage } from '../../api/read-page.ts'
import { users } from '../../api/users.ts'

const pageLength = 25

export interface MemberFilter {
  query?: string | undefined
  role?: Role | undefined
}

export const getMembers = read('members', (id: string, filter: MemberFilter, cursor: string | undefined) =>
  readPage(cursor, (from) => users.listMembers({ id, ...filter, limit: pageLength, ...from })),
)

/** Two are enough to know whether there is another one. */
export const getOwners = read(
  'owners',
  async (id: string) => (await users.listMembers({ id, role: 'owner', limit: 2 })).items,
)

/** What tells who is in an organisation, and as what. */
export const aboutMembers = [
  getMembers.key,
  getOwners.key,
  getOrganizations.key,
  getActiveId.key,
  'session',
  'organization-activity',
]

export const changeRole = action(async (id: string, userId: string, role: Role) => {
  return json(await users.updateMember({ id, userId, role }), { revalidate: aboutMembers })
}, 'change-role')

export const removeMember = action(async (id: string, userId: string) => {
  return json(await users.removeMember({ id, userId }), { revalidate: aboutMembers })
}, 'remove-member')

export const leaveOrganization = action(async (id: string, userId: string) => {
  await users.removeMember({ id, userId })
  await actElsewhere(id)
  throw redirect('/dashboard')
}, 'leave-organization')
