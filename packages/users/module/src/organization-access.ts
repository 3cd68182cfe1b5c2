import { identityOf, type Db, type Tx } from '@lightpress/kernel'
import { AppError, ranksAtLeast, type Role } from '@lightpress/protocol'
import { and, eq, isNull } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { membership, organization } from './schema.ts'

export interface HeldOrganization {
  organization: typeof organization.$inferSelect
  /** The caller's role in it, as it is now. */
  role: Role
}

/**
 * Keeps an organisation, and who is in it with which role, as it is until the transaction ends, for a caller with at
 * least this role in it. The role is the one that stands here, whatever the token says: of two changes at the same
 * moment the second one sees the first. For whoever is not a member it does not exist; a member without the role is
 * told so. Several organisations are held in the order of their ids, before people are.
 */
export async function holdOrganization(
  tx: Tx,
  { id, atLeast, what }: { id: string; atLeast: Role; /** "rename an organisation" */ what: string },
  ctx: UsersContext,
): Promise<HeldOrganization> {
  const held = await lockOrganization(tx, id)
  const role = held && (await readRole(tx, { id, userId: identityOf(ctx).userId }))
  if (!role) throw organizationNotFound()
  if (held.suspendedAt !== null) throw organizationSuspended()
  if (!ranksAtLeast(role, atLeast)) throw roleTooLow(atLeast, what)
  return { organization: held, role }
}

/** The same for whoever only looks: nothing is held, and a suspended organisation can be looked at. */
export async function requireRole(
  { id, atLeast, what }: { id: string; atLeast: Role; /** "see its invitations" */ what: string },
  ctx: UsersContext,
): Promise<Role> {
  const role = await readRole(ctx.db, { id, userId: identityOf(ctx).userId })
  if (!role) throw organizationNotFound()
  if (!ranksAtLeast(role, atLeast)) throw roleTooLow(atLeast, what)
  return role
}

/**
 * The role of somebody in an organisation; undefined for whoever is not in it, and where it is no more. In a transaction
 * a statement sees what was committed before it began (read committed), so after the lock it is the latest.
 */
async function readRole(db: Db, { id, userId }: { id: string; userId: string }): Promise<Role | undefined> {
  const [mine] = await db
    .select({ role: membership.role })
    .from(membership)
    .innerJoin(organization, eq(organization.id, membership.organizationId))
    .where(and(eq(membership.organizationId, id), eq(membership.userId, userId), isNull(organization.closedAt)))
  return mine?.role
}

/** Keeps an organisation as it is, whoever calls; undefined for one that there is not (any more). */
export async function lockOrganization(tx: Tx, id: string): Promise<typeof organization.$inferSelect | undefined> {
  const [held] = await tx
    .select()
    .from(organization)
    .where(and(eq(organization.id, id), isNull(organization.closedAt)))
    .for('no key update')
  return held
}

export function organizationNotFound(): AppError {
  return new AppError('not_found', 'users.organization_not_found', 'There is no such organisation.')
}

export function organizationSuspended(): AppError {
  return new AppError('forbidden', 'users.organization_suspended', 'This organisation is suspended.')
}

export function roleTooLow(atLeast: Role, what: string): AppError {
  const who = atLeast === 'owner' ? 'owners' : 'admins and owners'
  return new AppError('forbidden', 'users.role_too_low', `Only its ${who} can ${what}.`)
}
