import { identityOf, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { findMember } from './members.ts'
import { endMembership, isPersonal, requireAnotherOwner } from './membership-changes.ts'
import { holdOrganization, lockOrganization, organizationNotFound, roleTooLow } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { mayRemove } from './roles.ts'
import { activity } from './schema.ts'

export async function removeMember(
  { id, userId }: Input<Ops['removeMember']>,
  ctx: UsersContext,
): Promise<Output<Ops['removeMember']>> {
  const oneself = userId === identityOf(ctx).userId
  await ctx.withTx((tx) => (oneself ? leave(tx, { id, userId }, ctx) : remove(tx, { id, userId }, ctx)))
  return { status: 'removed' }
}

interface Where {
  id: string
  userId: string
}

/** An owner who removes another one is left as an owner. */
async function remove(tx: Tx, { id, userId }: Where, ctx: UsersContext): Promise<void> {
  const held = await holdOrganization(tx, { id, atLeast: 'admin', what: 'remove members' }, ctx)
  const member = await findMember(tx, { id, userId })
  if (!member) return
  if (!mayRemove(held.role, member.role)) throw roleTooLow('owner', 'remove owners')
  if (held.organization.personalOf === userId) throw isPersonal()
  await endMembership(tx, { id, userId, change: 'removed' }, ctx)
  const formerRole = member.role
  await recordActivity(tx, { organizationId: id, action: 'member_removed', userId, formerRole }, ctx)
}

/**
 * Out of a suspended organisation as well: a suspension keeps people from acting in it, and keeps nobody in it. They
 * can take nothing along, what they did stays in its log, and an owner remains whom an operator can talk to.
 */
async function leave(tx: Tx, { id, userId }: Where, ctx: UsersContext): Promise<void> {
  const held = await lockOrganization(tx, id)
  const member = held && (await findMember(tx, { id, userId }))
  if (!member) {
    if (held && (await hasLeft(tx, { id, userId }))) return
    throw organizationNotFound()
  }
  if (held.personalOf === userId) throw isPersonal()
  if (member.role === 'owner') await requireAnotherOwner(tx, { id, userId })
  await endMembership(tx, { id, userId, change: 'left' }, ctx)
  const formerRole = member.role
  await recordActivity(tx, { organizationId: id, action: 'member_left', userId, formerRole }, ctx)
}

/** Tells whoever asks again, because no answer came, from a stranger, for whom there is no such organisation. */
async function hasLeft(tx: Tx, { id, userId }: Where): Promise<boolean> {
  const [left] = await tx
    .select({ id: activity.id })
    .from(activity)
    .where(and(eq(activity.organizationId, id), eq(activity.actorId, userId), eq(activity.action, 'member_left')))
    .limit(1)
  return left !== undefined
}
