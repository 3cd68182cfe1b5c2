import type { Db } from '@lightpress/kernel'
import type { AdminOrganization, AdminUser } from '@lightpress/users-contract'
import { and, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { imageUrl } from './image-url.ts'
import { membership, organization, person } from './schema.ts'

// People and organisations as operators see them: those that do not exist any more for all others, too.

export type State = AdminUser['state']

interface Shuttable<T> {
  suspendedAt: T
  closedAt: T
}

export function inState({ suspendedAt, closedAt }: Shuttable<PgColumn>, state: State): SQL | undefined {
  if (state === 'closing') return isNotNull(closedAt)
  return and(isNull(closedAt), state === 'suspended' ? isNotNull(suspendedAt) : isNull(suspendedAt))
}

export function userColumns(db: Db) {
  return {
    id: person.id,
    name: person.name,
    email: person.email,
    avatar: person.avatar,
    operator: person.operator,
    suspendedAt: person.suspendedAt,
    closedAt: person.closedAt,
    createdAt: person.createdAt,
    organizationCount: db.$count(sql`${membership} as m`, sql`m.user_id = ${person.id}`),
  }
}

export function organizationColumns(db: Db) {
  return {
    id: organization.id,
    name: organization.name,
    logo: organization.logo,
    personalOf: organization.personalOf,
    suspendedAt: organization.suspendedAt,
    closedAt: organization.closedAt,
    createdAt: organization.createdAt,
    memberCount: db.$count(sql`${membership} as m`, sql`m.organization_id = ${organization.id}`),
  }
}

type Person = typeof person.$inferSelect
type Organization = typeof organization.$inferSelect

export function toAdminUser(
  row: Pick<Person, 'id' | 'name' | 'email' | 'avatar' | 'operator' | 'suspendedAt' | 'closedAt' | 'createdAt'> & {
    organizationCount: number
  },
): AdminUser {
  const { id, name, email, operator, organizationCount } = row
  const avatarUrl = imageUrl(row.avatar)
  return { id, name, email, avatarUrl, operator, state: stateOf(row), organizationCount, createdAt: iso(row.createdAt) }
}

export function toAdminOrganization(
  row: Pick<Organization, 'id' | 'name' | 'logo' | 'personalOf' | 'suspendedAt' | 'closedAt' | 'createdAt'> & {
    memberCount: number
  },
): AdminOrganization {
  const { id, name, memberCount } = row
  const personal = row.personalOf !== null
  return {
    id,
    name,
    logoUrl: imageUrl(row.logo),
    personal,
    state: stateOf(row),
    memberCount,
    createdAt: iso(row.createdAt),
  }
}

function stateOf({ suspendedAt, closedAt }: Shuttable<Date | null>): State {
  if (closedAt !== null) return 'closing'
  return suspendedAt === null ? 'active' : 'suspended'
}

function iso(date: Date): string {
  return date.toISOString()
}
