import { command, defineContract, DisplayName, EmailAddress, query } from '@lightpress/protocol'
import { z } from 'zod'
import { operatorOperations } from './operators.ts'
import { organizationOperations } from './organizations.ts'
import { personalDataOperations } from './personal-data.ts'
import { profileOperations } from './profile.ts'
import { Locale, Role } from './shapes.ts'

export * from './events.ts'
export * from './operators.ts'
export * from './organizations.ts'
export * from './personal-data.ts'
export * from './profile.ts'
export { ImageUrl, Locale, Role } from './shapes.ts'

const Person = z.object({ id: z.uuid(), email: z.string(), name: z.string(), locale: Locale, timeZone: z.string() })
const Membership = z.object({ organizationId: z.uuid(), organizationName: z.string(), role: Role })

export const users = defineContract(
  'users',
  {
    ...profileOperations,
    ...organizationOperations,
    ...personalDataOperations,
    ...operatorOperations,

    createUser: command({
      access: 'service',
      summary: 'Makes the person and their personal organisation once the address is verified. Idempotent by `userId`.',
      input: z.object({
        userId: z.uuid(),
        email: EmailAddress,
        name: DisplayName,
        locale: Locale,
      }),
      output: z.object({ userId: z.uuid(), organizationId: z.uuid() }),
    }),
    readPrincipal: query({
      access: 'service',
      summary:
        'Who a session is for and which role they have: in the organisation asked for, else in their oldest. Organisations that are suspended or being erased are passed over.',
      input: z.object({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
      output: z.object({
        user: Person.extend({ operator: z.boolean(), suspended: z.boolean() }).nullable(),
        membership: Membership.nullable(),
      }),
    }),
    readOrganizationState: query({
      access: 'service',
      summary: 'Whether anybody may act in an organisation; `closed` as well for one that there is not (any more).',
      input: z.object({ organizationId: z.uuid() }),
      output: z.object({ state: z.enum(['active', 'suspended', 'closed']) }),
    }),
    readOrganizationNames: query({
      access: 'service',
      summary: 'What organisations are called, by id; what does not exist is left out.',
      input: z.object({ ids: z.array(z.uuid()).max(100) }),
      output: z.object({ organizations: z.array(z.object({ id: z.uuid(), name: z.string() })) }),
    }),
    readMembers: query({
      access: 'service',
      summary: 'The members of an organisation with one of these roles, to write to them.',
      input: z.object({ organizationId: z.uuid(), roles: z.array(Role).min(1) }),
      output: z.object({ organizationName: z.string(), members: z.array(Person) }),
    }),
    countMembers: query({
      access: 'service',
      summary: 'How many members an organisation has.',
      input: z.object({ organizationId: z.uuid() }),
      output: z.object({ members: z.number().int() }),
    }),
    readUsers: query({
      access: 'service',
      summary: 'People by id; who does not exist is left out.',
      input: z.object({ ids: z.array(z.uuid()).max(500) }),
      output: z.object({ users: z.array(Person) }),
    }),
  },
  {
    reasons: [
      'users.user_not_found',
      'users.organization_not_found',
      'users.role_too_low',
      'users.email_taken',
      'users.own_account',
      'users.member_not_found',
      'users.last_owner',
      'users.personal_organization',
      'users.too_many_organizations',
      'users.already_member',
      'users.invitation_not_found',
      'users.invitation_invalid',
      'users.invitation_for_another',
      'users.too_many_invitations',
      'users.too_many_requests',
      'users.seat_limit',
      'users.organization_suspended',
      'users.owns_organizations',
      'users.owns_suspended_organizations',
      'users.image_refused',
      'users.image_too_large',
      'users.image_not_found',
      'users.upload_not_found',
      'users.too_many_uploads',
      'users.export_not_found',
    ],
  },
)
