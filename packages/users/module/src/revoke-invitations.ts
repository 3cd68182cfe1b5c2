import type { Tx } from '@lightpress/kernel'
import type { Role } from '@lightpress/protocol'
import { Role as Roles } from '@lightpress/users-contract'
import { and, eq, inArray, type SQL } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { isWaiting } from './invitation-rows.ts'
import { recordActivity } from './record-activity.ts'
import { mayInvite } from './roles.ts'
import { invitation } from './schema.ts'

/** Makes links worthless, of those that wait still. The organisation is held: see `holdOrganization`. */
export async function revokeInvitations(
  tx: Tx,
  { id: organizationId, which }: { id: string; which: SQL | undefined },
  ctx: UsersContext,
): Promise<void> {
  const revoked = await tx
    .update(invitation)
    .set({ revokedAt: new Date() })
    .where(and(eq(invitation.organizationId, organizationId), which, isWaiting()))
    .returning({ invitationId: invitation.id, role: invitation.role })
  const lines = revoked.map((one) => ({ organizationId, action: 'invitation_revoked' as const, ...one }))
  await recordActivity(tx, lines, ctx)
}

/**
 * Whoever is out, or has a lower role now, takes along what they could not do any more: an invitation of theirs would
 * let them in again, by another mailbox, with the role that was taken from them.
 */
export async function revokeInvitationsBeyond(
  tx: Tx,
  { id, userId, role }: { id: string; userId: string; /** Null for whoever is out. */ role: Role | null },
  ctx: UsersContext,
): Promise<void> {
  const beyond = Roles.options.filter((given) => role === null || !mayInvite(role, given))
  if (beyond.length === 0) return
  const which = and(eq(invitation.invitedBy, userId), inArray(invitation.role, beyond))
  await revokeInvitations(tx, { id, which }, ctx)
}
