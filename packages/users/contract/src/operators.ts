import { command, Page, pageOf, query } from '@lightpress/protocol'
import { z } from 'zod'
import { ImageUrl, Locale, Role, SearchText } from './shapes.ts'

export const AdminUser = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  avatarUrl: ImageUrl,
  operator: z.boolean(),
  /** `closing`: everything about them is being erased. */
  state: z.enum(['active', 'suspended', 'closing']),
  organizationCount: z.number().int(),
  createdAt: z.iso.datetime(),
})
export type AdminUser = z.infer<typeof AdminUser>

export const AdminOrganization = z.object({
  id: z.uuid(),
  name: z.string(),
  logoUrl: ImageUrl,
  personal: z.boolean(),
  state: z.enum(['active', 'suspended', 'closing']),
  memberCount: z.number().int(),
  createdAt: z.iso.datetime(),
})
export type AdminOrganization = z.infer<typeof AdminOrganization>

const State = z.enum(['active', 'suspended', 'closing'])
const id = z.uuid()

export const operatorOperations = {
  searchUsers: query({
    path: '/v1/admin/users',
    access: 'platform',
    summary:
      'People, newest first; with `query` those whose name or address is like it, the likest first, or whose id it is.',
    input: z.object({ query: SearchText.optional(), state: State.optional() }).extend(Page.shape),
    output: pageOf(AdminUser),
  }),
  readUser: query({
    path: '/v1/admin/users/:id',
    access: 'platform',
    summary: 'One person, with their organisations and the invitations for their address.',
    input: z.object({ id }),
    output: z.object({
      user: AdminUser.extend({ locale: Locale, timeZone: z.string(), suspendedAt: z.iso.datetime().nullable() }),
      memberships: z.array(z.object({ organization: AdminOrganization, role: Role, joinedAt: z.iso.datetime() })),
      invitations: z.array(
        z.object({
          id: z.uuid(),
          organization: z.object({ id: z.uuid(), name: z.string() }),
          role: Role,
          state: z.enum(['pending', 'expired']),
          expiresAt: z.iso.datetime(),
        }),
      ),
    }),
  }),
  suspendUser: command({
    path: '/v1/admin/users/:id/suspend',
    access: 'platform',
    summary: 'Keeps a person out, everywhere within a second. Nothing of theirs is lost. Again is the same as once.',
    input: z.object({ id }),
    output: z.object({ status: z.literal('suspended') }),
  }),
  restoreUser: command({
    path: '/v1/admin/users/:id/restore',
    access: 'platform',
    summary: 'Lets a suspended person in again. Again is the same as once.',
    input: z.object({ id }),
    output: z.object({ status: z.literal('active') }),
  }),
  searchOrganizations: query({
    path: '/v1/admin/organizations',
    access: 'platform',
    summary:
      'Organisations, newest first; with `query` those whose name is like it, the likest first, or whose id it is.',
    input: z.object({ query: SearchText.optional(), state: State.optional() }).extend(Page.shape),
    output: pageOf(AdminOrganization),
  }),
  readOrganization: query({
    path: '/v1/admin/organizations/:id',
    access: 'platform',
    summary: 'One organisation, with those who look after it.',
    input: z.object({ id }),
    output: z.object({
      organization: AdminOrganization.extend({
        suspendedAt: z.iso.datetime().nullable(),
        /** Whose own it is. */
        personalOf: z.uuid().nullable(),
        invitationCount: z.number().int(),
      }),
      /** Owners first, then admins; a hundred at most. */
      managers: z.array(z.object({ user: AdminUser, role: Role, joinedAt: z.iso.datetime() })),
    }),
  }),
  listOrganizationMembers: query({
    path: '/v1/admin/organizations/:id/members',
    access: 'platform',
    summary: 'The members of any organisation, in the order in which they joined.',
    input: z.object({ id, query: SearchText.optional(), role: Role.optional() }).extend(Page.shape),
    output: pageOf(z.object({ user: AdminUser, role: Role, joinedAt: z.iso.datetime() })),
  }),
  suspendOrganization: command({
    path: '/v1/admin/organizations/:id/suspend',
    access: 'platform',
    summary: 'Shuts an organisation: nobody acts in it, its API keys included, within a second. Nothing is lost.',
    input: z.object({ id }),
    output: z.object({ status: z.literal('suspended') }),
  }),
  restoreOrganization: command({
    path: '/v1/admin/organizations/:id/restore',
    access: 'platform',
    summary: 'Opens a suspended organisation again, with its API keys. Again is the same as once.',
    input: z.object({ id }),
    output: z.object({ status: z.literal('active') }),
  }),
}
