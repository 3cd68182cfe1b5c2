import type { Role } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { expect, it } from 'vitest'
import { nextOrganization } from '../src/account/next-organization.ts'
import { grantableRoles, mayManage, roles, roleWords } from '../src/account/roles.ts'

/** As the server has it, spelled out: who may change or remove whom. */
const manages: Record<Role, Role[]> = { member: [], admin: ['member', 'admin'], owner: ['member', 'admin', 'owner'] }

it.each(roles)('offers an %s no more than the server would grant', (role) => {
  expect(roles.filter((other) => mayManage(role, other))).toEqual(manages[role])
  expect(grantableRoles(role)).toEqual(manages[role])
})

it('has words for each role', () => {
  for (const role of roles) expect(roleWords[role].may).toMatch(/\.$/)
})

const organization = (id: string, about: Partial<Organization> = {}): Organization => ({
  id,
  name: id,
  logoUrl: null,
  personal: false,
  ownPersonal: false,
  suspended: false,
  role: 'member',
  memberCount: 2,
  createdAt: '2026-11-20T10:00:00.000Z',
  ...about,
})

it('goes from an organisation that is gone to the own one, else to the oldest that is open', () => {
  const left = organization('left', { personal: true })
  const shut = organization('shut', { suspended: true })
  const open = organization('open')
  const own = organization('own', { personal: true, ownPersonal: true })
  expect(nextOrganization([left, shut, open, own], 'left')).toBe(own)
  expect(nextOrganization([left, shut, open], 'left')).toBe(open)
  expect(nextOrganization([left, shut], 'left')).toBeUndefined()
  expect(nextOrganization([own, left], 'own')).toBe(left)
})
