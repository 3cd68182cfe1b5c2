import { identityOf, publish } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { organizationAccessChanged } from '@lightpress/users-contract'
import { eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { lockOrganization, organizationNotFound } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { organization } from './schema.ts'

export async function suspendOrganization(
  { id }: Input<Ops['suspendOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['suspendOrganization']>> {
  await setSuspended(id, true, ctx)
  return { status: 'suspended' }
}

export async function restoreOrganization(
  { id }: Input<Ops['restoreOrganization']>,
  ctx: UsersContext,
): Promise<Output<Ops['restoreOrganization']>> {
  await setSuspended(id, false, ctx)
  return { status: 'active' }
}

/**
 * Writes it down, and says so, only when it changes something. Whoever is changing the organisation at that moment is
 * waited for; whoever comes after finds it suspended.
 */
async function setSuspended(id: string, suspended: boolean, ctx: UsersContext): Promise<void> {
  const { userId: actorId } = identityOf(ctx)
  await ctx.withTx(async (tx) => {
    const held = await lockOrganization(tx, id)
    if (!held) throw organizationNotFound()
    if ((held.suspendedAt !== null) === suspended) return
    await tx
      .update(organization)
      .set({ suspendedAt: suspended ? new Date() : null })
      .where(eq(organization.id, id))
    const action = suspended ? 'organization_suspended' : 'organization_restored'
    await recordActivity(tx, { organizationId: id, action }, ctx)
    const change = suspended ? 'suspended' : 'restored'
    await publish(tx, organizationAccessChanged, { organizationId: id, change, actorId })
  })
}

/** What auth acts on, whatever it was told: what is true by now. */
export async function readOrganizationState(
  { organizationId }: Input<Ops['readOrganizationState']>,
  ctx: UsersContext,
): Promise<Output<Ops['readOrganizationState']>> {
  const [found] = await ctx.db
    .select({ suspendedAt: organization.suspendedAt, closedAt: organization.closedAt })
    .from(organization)
    .where(eq(organization.id, organizationId))
  if (!found || found.closedAt !== null) return { state: 'closed' }
  return { state: found.suspendedAt === null ? 'active' : 'suspended' }
}
