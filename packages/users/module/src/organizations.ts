import { decodeCursor, identityOf, pageFrom } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import type { users } from '@lightpress/users-contract'
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { UsersContext } from './context.ts'
import { membership, organization, person } from './schema.ts'

type Ops = (typeof users)['operations']

const Key = z.tuple([z.iso.datetime(), z.uuid()])

export async function listOrganizations(
  { limit, cursor }: Input<Ops['listOrganizations']>,
  ctx: UsersContext,
): Promise<Output<Ops['listOrganizations']>> {
  const after = decodeCursor(cursor, Key)
  const key = sql`(date_trunc('milliseconds', ${organization.createdAt}), ${organization.id})`
  const rows = await mine(ctx)
    .where(
      and(
        eq(membership.userId, identityOf(ctx).userId),
        after && sql`${key} > (${after[0]}::timestamptz, ${after[1]}::uuid)`,
      ),
    )
    .orderBy(asc(sql`date_trunc('milliseconds', ${organization.createdAt})`), asc(organization.id))
    .limit(limit + 1)
  return pageFrom(rows.map(toOrganization), limit, ({ createdAt, id }) => [createdAt, id])
}

export async function getOrganization(
  { id }: Input<Ops['getOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['getOrganization']>> {
  const [row] = await mine(ctx).where(and(eq(organization.id, id), eq(membership.userId, identityOf(ctx).userId)))
  if (!row) throw notFound()
  return toOrganization(row)
}

/** Whoever is not a member is told that it does not exist; a member without the role is told so. */
export async function updateOrganization(
  { id, name }: Input<Ops['updateOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['updateOrganization']>> {
  const current = await getOrganization({ id }, ctx)
  if (current.role === 'member')
    throw new AppError('forbidden', 'users.role_too_low', 'Only its admins and owners can rename an organisation.')
  await ctx.db.update(organization).set({ name }).where(eq(organization.id, id))
  return { ...current, name }
}

/** Who a session is for. The role here is the truth; a token only repeats it for five minutes. */
export async function readPrincipal(
  { userId, organizationId }: Input<Ops['readPrincipal']>,
  ctx: UsersContext,
): Promise<Output<Ops['readPrincipal']>> {
  const [user] = await ctx.db.select().from(person).where(eq(person.id, userId))
  if (!user) return { user: null, membership: null }
  const [found] = await ctx.db
    .select({ organizationId: organization.id, organizationName: organization.name, role: membership.role })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(
      and(eq(membership.userId, userId), organizationId === null ? undefined : eq(organization.id, organizationId)),
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
    .where(eq(organization.id, organizationId))
  if (!found) throw notFound()
  const members = await ctx.db
    .select({ id: person.id, email: person.email, name: person.name, locale: person.locale, timeZone: person.timeZone })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(and(eq(membership.organizationId, organizationId), inArray(membership.role, roles)))
    .orderBy(asc(membership.createdAt), asc(person.id))
  return { organizationName: found.name, members }
}

function mine({ db }: UsersContext) {
  const members = db.$count(sql`${membership} as m`, sql`m.organization_id = ${organization.id}`)
  return db
    .select({
      id: organization.id,
      name: organization.name,
      personalOf: organization.personalOf,
      role: membership.role,
      memberCount: members,
      createdAt: organization.createdAt,
    })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .$dynamic()
}

type Row = Awaited<ReturnType<typeof mine>>[number]

function toOrganization({ personalOf, createdAt, ...row }: Row): Output<Ops['getOrganization']> {
  return { ...row, personal: personalOf !== null, createdAt: createdAt.toISOString() }
}

function notFound(): AppError {
  return new AppError('not_found', 'users.organization_not_found', 'There is no such organisation.')
}
