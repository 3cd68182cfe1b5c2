import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { isWaiting } from './invitation-rows.ts'
import { exactTime, TimeKey } from './keyset.ts'
import { areListed } from './members.ts'
import { organizationColumns, toAdminOrganization, toAdminUser, userColumns } from './operator-views.ts'
import { organizationNotFound } from './organization-access.ts'
import { userNotFound } from './people.ts'
import { invitation, membership, organization, person } from './schema.ts'

const MANAGERS = 100

export async function readUser({ id }: Input<Ops['readUser']>, { db }: UsersContext): Promise<Output<Ops['readUser']>> {
  const [found] = await db
    .select({ ...userColumns(db), locale: person.locale, timeZone: person.timeZone, emailKey: person.emailKey })
    .from(person)
    .where(eq(person.id, id))
  if (!found) throw userNotFound()
  const memberships = await db
    .select({ ...organizationColumns(db), role: membership.role, joinedAt: membership.createdAt })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(eq(membership.userId, id))
    .orderBy(asc(membership.createdAt), asc(organization.id))
  const invitations = await db
    .select({
      id: invitation.id,
      organization: { id: organization.id, name: organization.name },
      role: invitation.role,
      expiresAt: invitation.expiresAt,
    })
    .from(invitation)
    .innerJoin(organization, eq(organization.id, invitation.organizationId))
    .where(and(eq(invitation.emailKey, found.emailKey), isWaiting(), isNull(organization.closedAt)))
    .orderBy(desc(invitation.createdAt), desc(invitation.id))
  const { locale, timeZone } = found
  const now = new Date()
  return {
    user: { ...toAdminUser(found), locale, timeZone, suspendedAt: found.suspendedAt?.toISOString() ?? null },
    memberships: memberships.map(({ role, joinedAt, ...row }) => ({
      organization: toAdminOrganization(row),
      role,
      joinedAt: joinedAt.toISOString(),
    })),
    invitations: invitations.map(({ expiresAt, ...row }) => ({
      ...row,
      state: expiresAt > now ? 'pending' : 'expired',
      expiresAt: expiresAt.toISOString(),
    })),
  }
}

export async function readOrganization(
  { id }: Input<Ops['readOrganization']>,
  { db }: UsersContext,
): Promise<Output<Ops['readOrganization']>> {
  const waiting = db.$count(invitation, and(eq(invitation.organizationId, organization.id), isWaiting()))
  const [found] = await db
    .select({ ...organizationColumns(db), invitationCount: waiting })
    .from(organization)
    .where(eq(organization.id, id))
  if (!found) throw organizationNotFound()
  // Each from its own stretch of the index: of ten thousand members only these are read.
  const managers: Row[] = []
  for (const role of ['owner', 'admin'] as const) {
    const room = MANAGERS - managers.length
    if (room > 0) managers.push(...(await membersOf(db, areListed({ id, role }, undefined), room)))
  }
  const { personalOf, suspendedAt, invitationCount } = found
  return {
    organization: {
      ...toAdminOrganization(found),
      suspendedAt: suspendedAt?.toISOString() ?? null,
      personalOf,
      invitationCount,
    },
    managers: managers.map(toMember),
  }
}

export async function listOrganizationMembers(
  { id, query, role, limit, cursor }: Input<Ops['listOrganizationMembers']>,
  { db }: UsersContext,
): Promise<Output<Ops['listOrganizationMembers']>> {
  const after = decodeCursor(cursor, TimeKey)
  const [found] = await db.select({ id: organization.id }).from(organization).where(eq(organization.id, id))
  if (!found) throw organizationNotFound()
  const rows = await membersOf(db, areListed({ id, query, role }, after), limit + 1)
  const { items, nextCursor } = pageFrom(rows, limit, ({ exactAt, id }) => [exactAt, id])
  return { items: items.map(toMember), nextCursor }
}

/** In the order in which they joined. */
function membersOf(db: UsersContext['db'], which: ReturnType<typeof and>, limit: number) {
  return db
    .select({
      ...userColumns(db),
      role: membership.role,
      joinedAt: membership.createdAt,
      exactAt: exactTime(membership.createdAt),
    })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(which)
    .orderBy(asc(membership.createdAt), asc(membership.userId))
    .limit(limit)
}

type Row = Awaited<ReturnType<typeof membersOf>>[number]

function toMember({ role, joinedAt, ...row }: Row) {
  return { user: toAdminUser(row), role, joinedAt: joinedAt.toISOString() }
}
