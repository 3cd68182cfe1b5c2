import { developmentColleagues, developmentPeople } from '@lightpress/auth-contract'
import type { Role } from '@lightpress/protocol'

// A company as it is after six weeks, with what can be seen of organisations. Days are counted back from today.

const ids = new Map([...developmentPeople, ...developmentColleagues].map(({ email, id }) => [email, id]))

/** Whose id it is who has this name at localhost. */
export function idOf(name: string): string {
  const id = ids.get(`${name}@localhost`)
  if (id === undefined) throw new TypeError(`Nobody in development is called ${name}`)
  return id
}

export const operator = idOf('admin')
export const suspendedPerson = idOf('lucas')
/** When all of them signed up. */
export const SIGNED_UP = 60

interface SeededMember {
  who: string
  role: Role
  daysAgo: number
}

export interface SeededOrganization {
  id: string
  name: string
  /** The first made it. */
  members: readonly [SeededMember, ...SeededMember[]]
  suspendedDaysAgo?: number
}

export const company: SeededOrganization = {
  id: '01900000-0000-7000-8000-000000000101',
  name: 'Halcyon Robotics',
  members: [
    { who: 'owner', role: 'owner', daysAgo: 42 },
    { who: 'amara', role: 'owner', daysAgo: 41 },
    { who: 'juergen', role: 'admin', daysAgo: 38 },
    { who: 'chloe', role: 'admin', daysAgo: 35 },
    { who: 'soren', role: 'member', daysAgo: 33 },
    { who: 'priya', role: 'member', daysAgo: 28 },
    { who: 'xiuying', role: 'member', daysAgo: 26 },
    { who: 'ivan', role: 'member', daysAgo: 21 },
    { who: 'fatima', role: 'member', daysAgo: 17 },
    { who: 'abdulrahman', role: 'member', daysAgo: 12 },
    { who: 'lucas', role: 'member', daysAgo: 9 },
    { who: 'member', role: 'member', daysAgo: 3 },
  ],
}

export const organizations: readonly SeededOrganization[] = [
  company,
  {
    id: '01900000-0000-7000-8000-000000000102',
    name: 'Brightwater Shipping',
    members: [
      { who: 'amara', role: 'owner', daysAgo: 30 },
      { who: 'soren', role: 'member', daysAgo: 29 },
      { who: 'ivan', role: 'admin', daysAgo: 25 },
    ],
    suspendedDaysAgo: 5,
  },
  {
    id: '01900000-0000-7000-8000-000000000103',
    name: 'Atelier Lefèvre',
    members: [{ who: 'chloe', role: 'owner', daysAgo: 14 }],
  },
]

/** Of the company; each is good for a week. */
export const invitations = [
  { email: 'nadia.haddad@example.com', role: 'member', daysAgo: 1 },
  { email: 'kenji.tanaka@example.com', role: 'admin', daysAgo: 4 },
  { email: 'oliver.brandt@example.com', role: 'member', daysAgo: 19 },
  { email: 'press@example.com', role: 'member', daysAgo: 24, revokedDaysAgo: 23 },
] as const satisfies { email: string; role: Role; daysAgo: number; revokedDaysAgo?: number }[]

/** What else happened in it. */
export const happenings = [
  { action: 'organization_renamed', who: 'owner', daysAgo: 40, formerName: 'Halcyon', name: company.name },
  { action: 'role_changed', who: 'amara', about: 'chloe', daysAgo: 20, formerRole: 'member', role: 'admin' },
  { action: 'export_requested', who: 'owner', daysAgo: 15 },
  { action: 'role_changed', who: 'owner', about: 'juergen', daysAgo: 10, formerRole: 'member', role: 'admin' },
] as const
