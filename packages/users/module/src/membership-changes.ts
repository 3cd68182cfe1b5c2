import { identityOf, publish, type Db, type Tx } from '@lightpress/kernel'
import { AppError, type Payload, type Role } from '@lightpress/protocol'
import { accessChanged, membershipChanged } from '@lightpress/users-contract'
import { and, eq, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { UsersContext } from './context.ts'
import { revokeInvitationsBeyond } from './revoke-invitations.ts'
import { membership, person } from './schema.ts'

// What every change of a member has in common. The organisation is held: see `holdOrganization`.

type Change = Payload<typeof membershipChanged>['change']

export async function setRole(
  tx: Tx,
  { id, userId, role, change }: { id: string; userId: string; role: Role; change: Change },
  ctx: UsersContext,
): Promise<void> {
  await tx.update(membership).set({ role }).where(isMember(id, userId))
  await revokeInvitationsBeyond(tx, { id, userId, role }, ctx)
  await say(tx, { organizationId: id, userId, change, role }, ctx)
}

export async function endMembership(
  tx: Tx,
  { id, userId, change }: { id: string; userId: string; change: Change },
  ctx: UsersContext,
): Promise<void> {
  await tx.delete(membership).where(isMember(id, userId))
  await revokeInvitationsBeyond(tx, { id, userId, role: null }, ctx)
  await say(tx, { organizationId: id, userId, change, role: null }, ctx)
}

/**
 * Of all others, the owners who can look after an organisation: whoever is suspended cannot. To be awaited, or selected
 * for an organisation of a query.
 */
export function countOtherOwners(db: Db, { id, userId }: { id: string | PgColumn; userId: string }) {
  return db.$count(
    sql`${membership} as other inner join ${person} as who on who.id = other.user_id`,
    sql`other.organization_id = ${id} and other.user_id <> ${userId} and other.role = 'owner' and who.suspended_at is null`,
  )
}

/** Refuses unless somebody else owns the organisation, too. */
export async function requireAnotherOwner(tx: Tx, { id, userId }: { id: string; userId: string }): Promise<void> {
  if ((await countOtherOwners(tx, { id, userId })) > 0) return
  const message = 'An organisation keeps an owner who can sign in. Make somebody else one first.'
  throw new AppError('conflict', 'users.last_owner', message)
}

export function isPersonal(): AppError {
  const message = 'A personal organisation stays with its person, who stays its owner.'
  return new AppError('conflict', 'users.personal_organization', message)
}

/** To whoever tells people, and to auth: tokens repeat the role that it was. */
async function say(
  tx: Tx,
  changed: Omit<Payload<typeof membershipChanged>, 'actorId'>,
  ctx: UsersContext,
): Promise<void> {
  const actorId = identityOf(ctx).userId
  await publish(tx, membershipChanged, { ...changed, actorId })
  await publish(tx, accessChanged, { userId: changed.userId, change: 'role', actorId })
}

function isMember(id: string, userId: string) {
  return and(eq(membership.organizationId, id), eq(membership.userId, userId))
}
