import { identityOf } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import type { Ops, UsersContext } from './context.ts'
import { findMember, memberNotFound } from './members.ts'
import { isPersonal, requireAnotherOwner, setRole } from './membership-changes.ts'
import { holdOrganization, roleTooLow } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { mayBecome, mayChangeRole } from './roles.ts'

/** Whoever steps down may be a member by then and ask again, because no answer came: that is the same, and no refusal. */
export async function updateMember(
  { id, userId, role }: Input<Ops['updateMember']>,
  ctx: UsersContext,
): Promise<Output<Ops['updateMember']>> {
  const oneself = userId === identityOf(ctx).userId
  const what = 'change roles'
  return ctx.withTx(async (tx) => {
    const held = await holdOrganization(tx, { id, atLeast: oneself ? 'member' : 'admin', what }, ctx)
    const member = await findMember(tx, { id, userId })
    if (!member) throw memberNotFound()
    const formerRole = member.role
    const may = oneself ? mayBecome(held.role, role) : mayChangeRole(held.role, { from: formerRole, to: role })
    if (!may) throw held.role === 'member' ? roleTooLow('admin', what) : roleTooLow('owner', 'make or change owners')
    if (formerRole === role) return member

    if (held.organization.personalOf === userId) throw isPersonal()
    if (formerRole === 'owner') await requireAnotherOwner(tx, { id, userId })
    await setRole(tx, { id, userId, role, change: 'role' }, ctx)
    await recordActivity(tx, { organizationId: id, action: 'role_changed', userId, role, formerRole }, ctx)
    return { ...member, role }
  })
}
