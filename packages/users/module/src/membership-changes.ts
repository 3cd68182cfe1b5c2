import { identityOf, publish, type Tx } from '@lightpress/kernel'
import { AppError, type Payload, type Role } from '@lightpress/protocol'
import { accessChanged, membershipChanged } from '@lightpress/users-contract'
import { and, count, eq, isNull, ne } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { membership, person } from './schema.ts'

// What every change of a member has in common. The organisation is held: see `holdOrganization`.

type Change = Payload<typeof membershipChanged>['change']

export async function setRole(
  tx: Tx,
  { id, userId, role, change }: { id: string; userId: string; role: Role; change: Change },
  ctx: UsersContext,
): Promise<void> {
  await tx.update(membership).set({ role }).where(isMember(id, userId))
  await say(tx, { organizationId: id, userId, change, role }, ctx)
}

export async function endMembership(
  tx: Tx,
  { id, userId, change }: { id: string; userId: string; change: Change },
  ctx: UsersContext,
): Promise<void> {
  await tx.delete(membership).where(isMember(id, userId))
  await say(tx, { organizationId: id, userId, change, role: null }, ctx)
}

/** Refuses unless somebody else owns the organisation, too. Whoever is being erased owns nothing any more. */
export async function requireAnotherOwner(tx: Tx, { id, userId }: { id: string; userId: string }): Promise<void> {
  const [others] = await tx
    .select({ owners: count() })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(
      and(
        eq(membership.organizationId, id),
        eq(membership.role, 'owner'),
        ne(membership.userId, userId),
        isNull(person.closedAt),
      ),
    )
  if (others?.owners === 0)
    throw new AppError('conflict', 'users.last_owner', 'An organisation keeps an owner. Make somebody else one first.')
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
