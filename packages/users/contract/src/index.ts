import { command, defineContract, defineEvent, Page, pageOf, query } from '@lightpress/protocol'
import { z } from 'zod'

const Role = z.enum(['member', 'admin', 'owner'])
const Name = z.string().trim().min(1).max(100)

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
        name: Name.optional(),
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
      input: z.object({ id: z.uuid(), name: Name }),
      output: Organization,
    }),
    createUser: command({
      access: 'service',
      summary: 'Makes the person and their personal organisation once the address is verified. Idempotent by `userId`.',
      input: z.object({
        userId: z.uuid(),
        email: z.email({ pattern: z.regexes.html5Email }),
        name: Name,
        locale: Locale,
      }),
      output: z.object({ userId: z.uuid(), organizationId: z.uuid() }),
    }),
    readPrincipal: query({
      access: 'service',
      summary: 'Who a session is for and which role they have: in the organisation asked for, else in their oldest.',
      input: z.object({ userId: z.uuid(), organizationId: z.uuid().nullable() }),
      output: z.object({
        user: Person.extend({ operator: z.boolean() }).nullable(),
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
  { reasons: ['users.user_not_found', 'users.organization_not_found', 'users.role_too_low', 'users.email_taken'] },
)

export const userCreated = defineEvent(
  'users.user.created.v1',
  z.object({ userId: z.uuid(), organizationId: z.uuid() }),
  { listeners: ['notifications'] },
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
