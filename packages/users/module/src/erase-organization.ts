import { identityOf, publish, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { inArray, sql } from 'drizzle-orm'
import { beginErasure, findBegun } from './begin-erasure.ts'
import type { Ops, UsersContext } from './context.ts'
import { copyEmail } from './email-copy.ts'
import { isPersonal } from './membership-changes.ts'
import { holdOrganization, lockOrganization } from './organization-access.ts'
import { organization } from './schema.ts'

export async function eraseOrganization(
  { id }: Input<Ops['eraseOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['eraseOrganization']>> {
  const { userId } = identityOf(ctx)
  const subject = { kind: 'organization' as const, id }
  // The receipt goes to the address that is theirs by now.
  await copyEmail.run({ userId }, ctx)
  const erasureId = await ctx.withTx(async (tx) => {
    // Whoever asks again, because no answer came, is told the same.
    const begun = (await lockOrganization(tx, id)) ? undefined : await findBegun(tx, subject, userId)
    if (begun !== undefined) return begun
    const held = await holdOrganization(tx, { id, atLeast: 'owner', what: 'delete an organisation' }, ctx)
    if (held.organization.personalOf !== null) throw isPersonal()
    await closeOrganizations(tx, [id], { actorId: userId })
    const { name: organizationName } = held.organization
    return beginErasure(tx, subject, { subjects: [subject], requestedBy: userId, organizationName })
  })
  return { erasureId, status: 'started' }
}

/** From the commit on there are no such organisations for anybody; who is in them is erased with them. */
export async function closeOrganizations(
  tx: Tx,
  ids: readonly string[],
  { actorId }: { actorId: string },
): Promise<void> {
  await tx
    .update(organization)
    .set({ closedAt: sql`now()` })
    .where(inArray(organization.id, [...ids]))
  for (const organizationId of ids)
    await publish(tx, organizationAccessChanged, { organizationId, change: 'closed', actorId })
}
