import { identityOf } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import type { Ops, UsersContext } from './context.ts'
import { findMember, memberNotFound } from './members.ts'
import { isPersonal, requireAnotherOwner, setRole } from './membership-changes.ts'
import { holdOrganization, roleTooLow } from './organization-access.ts'
import { readOwn } from './organizations.ts'
import { recordActivity } from './record-activity.ts'

/** Whoever handed it over is an admin by then: an admin who asks for what is so already asks again. */
export async function transferOrganization(
  { id, userId }: Input<Ops['transferOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['transferOrganization']>> {
  const me = identityOf(ctx).userId
  const what = 'hand it over'
  return ctx.withTx(async (tx) => {
    const { organization, role } = await holdOrganization(tx, { id, atLeast: 'admin', what }, ctx)
    const successor = await findMember(tx, { id, userId })
    if (role !== 'owner') {
      if (successor?.role !== 'owner') throw roleTooLow('owner', what)
      return readOwn(id, ctx, tx)
    }
    if (userId === me) throw toOneself()
    if (organization.personalOf !== null) throw isPersonal()
    if (!successor) throw memberNotFound()

    if (successor.role !== 'owner') await setRole(tx, { id, userId, role: 'owner', change: 'ownership' }, ctx)
    // Whoever is suspended may be made an owner, and is none who can look after it.
    await requireAnotherOwner(tx, { id, userId: me })
    await setRole(tx, { id, userId: me, role: 'admin', change: 'ownership' }, ctx)
    const formerRole = successor.role
    const action = 'ownership_transferred'
    await recordActivity(tx, { organizationId: id, action, userId, role: 'owner', formerRole }, ctx)
    return readOwn(id, ctx, tx)
  })
}

function toOneself(): AppError {
  const errors = [{ path: 'userId', message: 'That is you.' }]
  return new AppError('invalid', 'request.invalid', 'An organisation is handed over to another member.', { errors })
}
