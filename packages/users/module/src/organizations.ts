import { decodeCursor, identityOf, pageFrom, type Db } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { Organization } from '@lightpress/users-contract'
import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { imageUrl } from './image-url.ts'
import { exactTime, laterThan, TimeKey } from './keyset.ts'
import { holdOrganization, organizationNotFound } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { membership, organization, person } from './schema.ts'

export async function listOrganizations(
  { limit, cursor }: Input<Ops['listOrganizations']>,
  ctx: UsersContext,
): Promise<Output<Ops['listOrganizations']>> {
  const after = decodeCursor(cursor, TimeKey)
  const key = [organization.createdAt, organization.id] as const
  const rows = await organizationsOf(identityOf(ctx).userId, after && laterThan(after, key), ctx.db)
    .orderBy(...key.map((column) => asc(column)))
    .limit(limit + 1)
  const { items, nextCursor } = pageFrom(rows, limit, ({ exactAt, id }) => [exactAt, id])
  return { items: items.map(toOrganization), nextCursor }
}

export async function getOrganization(
  { id }: Input<Ops['getOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['getOrganization']>> {
  return readOwn(id, ctx, ctx.db)
}

/** An organisation as its member sees it who asks; within a transaction, as it has become there. */
export async function readOwn(id: string, ctx: UsersContext, db: Db): Promise<Organization> {
  const [row] = await organizationsOf(identityOf(ctx).userId, eq(organization.id, id), db)
  if (!row) throw organizationNotFound()
  return toOrganization(row)
}

export async function updateOrganization(
  { id, name }: Input<Ops['updateOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['updateOrganization']>> {
  return ctx.withTx(async (tx) => {
    const { organization: current } = await holdOrganization(
      tx,
      { id, atLeast: 'admin', what: 'rename an organisation' },
      ctx,
    )
    if (current.name !== name) {
      await tx.update(organization).set({ name }).where(eq(organization.id, id))
      const formerName = current.name
      await recordActivity(tx, { organizationId: id, action: 'organization_renamed', name, formerName }, ctx)
    }
    return readOwn(id, ctx, tx)
  })
}

/** Who a session is for. The role here is the truth; a token only repeats it for five minutes. */
export async function readPrincipal(
  { userId, organizationId }: Input<Ops['readPrincipal']>,
  ctx: UsersContext,
): Promise<Output<Ops['readPrincipal']>> {
  const [user] = await ctx.db
    .select()
    .from(person)
    .where(and(eq(person.id, userId), isNull(person.closedAt)))
  if (!user) return { user: null, membership: null }
  const [found] = await ctx.db
    .select({ organizationId: organization.id, organizationName: organization.name, role: membership.role })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(
      and(
        eq(membership.userId, userId),
        isNull(organization.closedAt),
        isNull(organization.suspendedAt),
        organizationId === null ? undefined : eq(organization.id, organizationId),
      ),
    )
    .orderBy(asc(membership.createdAt), asc(organization.id))
    .limit(1)
  return { user: { ...user, suspended: user.suspendedAt !== null }, membership: found ?? null }
}

export async function readMembers(
  { organizationId, roles }: Input<Ops['readMembers']>,
  ctx: UsersContext,
): Promise<Output<Ops['readMembers']>> {
  const [found] = await ctx.db
    .select({ name: organization.name })
    .from(organization)
    .where(and(eq(organization.id, organizationId), isNull(organization.closedAt)))
  if (!found) throw organizationNotFound()
  const members = await ctx.db
    .select({ id: person.id, email: person.email, name: person.name, locale: person.locale, timeZone: person.timeZone })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(and(eq(membership.organizationId, organizationId), inArray(membership.role, roles)))
    .orderBy(asc(membership.createdAt), asc(person.id))
  return { organizationName: found.name, members }
}

export async function readOrganizationNames(
  { ids }: Input<Ops['readOrganizationNames']>,
  { db }: UsersContext,
): Promise<Output<Ops['readOrganizationNames']>> {
  if (ids.length === 0) return { organizations: [] }
  return {
    organizations: await db
      .select({ id: organization.id, name: organization.name })
      .from(organization)
      .where(and(inArray(organization.id, ids), isNull(organization.closedAt))),
  }
}

/** Of a suspended one too: they are still in it. */
export async function countMembers(
  { organizationId }: Input<Ops['countMembers']>,
  { db }: UsersContext,
): Promise<Output<Ops['countMembers']>> {
  const members = db.$count(membership, eq(membership.organizationId, organizationId))
  const [found] = await db
    .select({ members })
    .from(organization)
    .where(and(eq(organization.id, organizationId), isNull(organization.closedAt)))
  if (!found) throw organizationNotFound()
  return found
}

function organizationsOf(userId: string, which: SQL | undefined, db: Db) {
  const members = db.$count(sql`${membership} as m`, sql`m.organization_id = ${organization.id}`)
  return db
    .select({
      id: organization.id,
      name: organization.name,
      logo: organization.logo,
      userId: membership.userId,
      personalOf: organization.personalOf,
      suspendedAt: organization.suspendedAt,
      role: membership.role,
      memberCount: members,
      createdAt: organization.createdAt,
      exactAt: exactTime(organization.createdAt),
    })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(and(eq(membership.userId, userId), isNull(organization.closedAt), which))
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof organizationsOf>>[number]

function toOrganization({ userId, personalOf, suspendedAt, logo, createdAt, exactAt: _, ...row }: Row): Organization {
  return {
    ...row,
    logoUrl: imageUrl(logo),
    personal: personalOf !== null,
    ownPersonal: personalOf === userId,
    suspended: suspendedAt !== null,
    createdAt: createdAt.toISOString(),
  }
}
