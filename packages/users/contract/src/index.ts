import {
  command,
  defineContract,
  defineEvent,
  DisplayName,
  EmailAddress,
  Page,
  pageOf,
  query,
} from '@lightpress/protocol'
import { z } from 'zod'

const Role = z.enum(['member', 'admin', 'owner'])

export const Locale = z.enum(['en', 'de', 'fr'])
const TimeZone = z.string().max(64).refine(isTimeZone, 'Not a time zone of the IANA database.')
const Theme = z.enum(['system', 'light', 'dark'])

const Profile = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string(),
  locale: Locale,
  timeZone: z.string(),
  theme: Theme,
  createdAt: z.iso.datetime(),
})
export type Profile = z.infer<typeof Profile>

const Organization = z.object({
  id: z.uuid(),
  name: z.string(),
  personal: z.boolean(),
  /** The caller's role in it. */
  role: Role,
  memberCount: z.number().int(),
  createdAt: z.iso.datetime(),
})
export type Organization = z.infer<typeof Organization>

const Person = z.object({ id: z.uuid(), email: z.string(), name: z.string(), locale: Locale, timeZone: z.string() })
const Membership = z.object({ organizationId: z.uuid(), organizationName: z.string(), role: Role })

export const users = defineContract(
  'users',
  {
    getMe: query({
      path: '/v1/users/me',
      access: 'user',
      summary: 'The signed-in person.',
      input: z.object({}),
      output: Profile,
    }),
    updateMe: command({
      method: 'PATCH',
      path: '/v1/users/me',
      access: 'user',
      summary: 'Changes what the person may change about themselves.',
      input: z.object({
        name: DisplayName.optional(),
        locale: Locale.optional(),
        timeZone: TimeZone.optional(),
        theme: Theme.optional(),
      }),
      output: Profile,
    }),
    listOrganizations: query({
      path: '/v1/organizations',
      access: 'user',
      summary: "The person's organisations, oldest first.",
      input: Page,
      output: pageOf(Organization),
    }),
    getOrganization: query({
      path: '/v1/organizations/:id',
      access: 'user',
      summary: 'One organisation of the person.',
      input: z.object({ id: z.uuid() }),
      output: Organization,
    }),
    updateOrganization: command({
      method: 'PATCH',
      path: '/v1/organizations/:id',
      access: 'user',
      summary: 'Renames an organisation; its admins and owners may.',
      input: z.object({ id: z.uuid(), name: DisplayName }),
      output: Organization,
    }),
    suspendUser: command({
      path: '/v1/admin/users/:id/suspend',
      access: 'platform',
      summary: 'Keeps a person out, everywhere within a second. Nothing of theirs is lost. Again is the same as once.',
      input: z.object({ id: z.uuid() }),
      output: z.object({ status: z.literal('suspended') }),
    }),
    restoreUser: command({
      path: '/v1/admin/users/:id/restore',
      access: 'platform',
      summary: 'Lets a suspended person in again. Again is the same as once.',
      input: z.object({ id: z.uuid() }),
      output: z.object({ status: z.literal('active') }),
    }),
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
      summary: 'Who a session is for and which role they have: in the organisation asked for, else in their oldest.',
      input: z.object({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
      output: z.object({
        user: Person.extend({ operator: z.boolean(), suspended: z.boolean() }).nullable(),
        membership: Membership.nullable(),
      }),
    }),
    readMembers: query({
      access: 'service',
      summary: 'The members of an organisation with one of these roles, to write to them.',
      input: z.object({ organizationId: z.uuid(), roles: z.array(Role).min(1) }),
      output: z.object({ organizationName: z.string(), members: z.array(Person) }),
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
    ],
  },
)

export const userCreated = defineEvent(
  'users.user.created.v1',
  z.object({ userId: z.uuid(), organizationId: z.uuid() }),
  { listeners: ['notifications'] },
)

/**
 * What a person may do, or whether they may come in at all, is not what it was: `readPrincipal` says what it is now.
 * Access tokens that say otherwise must not be believed any more.
 */
export const accessChanged = defineEvent(
  'users.access.changed.v1',
  z.object({
    userId: z.uuid(),
    change: z.enum(['suspended', 'restored', 'removed', 'role', 'operator_granted', 'operator_revoked']),
    /** Who changed it; null for us. */
    actorId: z.uuid().nullable(),
  }),
  { listeners: ['auth'] },
)

/**
 * By the runtime's own database, and not by `Intl.supportedValuesOf`: that lists one name of each zone, and browsers
 * differ in which (Europe/Kyiv or Europe/Kiev). Intl takes offsets, too (+05:30), which are no zone and know no summer.
 */
function isTimeZone(value: string): boolean {
  try {
    return /^[a-z]/i.test(new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone)
  } catch {
    return false
  }
}
