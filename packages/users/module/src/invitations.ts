import { decodeCursor, pageFrom } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, desc, eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { alreadyMember, requireMayInvite } from './invitation-refusals.ts'
import { findInvitation, isWaiting, selectInvitations, toInvitation } from './invitation-rows.ts'
import { earlierThan, TimeKey } from './keyset.ts'
import { holdOrganization, requireRole } from './organization-access.ts'
import { revokeInvitations } from './revoke-invitations.ts'
import { invitation } from './schema.ts'

export async function listInvitations(
  { id, limit, cursor }: Input<Ops['listInvitations']>,
  ctx: UsersContext,
): Promise<Output<Ops['listInvitations']>> {
  await requireRole({ id, atLeast: 'admin', what: 'see its invitations' }, ctx)
  const after = decodeCursor(cursor, TimeKey)
  const key = [invitation.createdAt, invitation.id] as const
  const rows = await selectInvitations(
    ctx.db,
    and(eq(invitation.organizationId, id), isWaiting(), after && earlierThan(after, key)),
  )
    .orderBy(...key.map((column) => desc(column)))
    .limit(limit + 1)
  const { items, nextCursor } = pageFrom(rows, limit, ({ exactAt, row }) => [exactAt, row.id])
  return { items: items.map(toInvitation), nextCursor }
}

export async function revokeInvitation(
  { id, invitationId }: Input<Ops['revokeInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['revokeInvitation']>> {
  return ctx.withTx(async (tx) => {
    const { role } = await holdOrganization(tx, { id, atLeast: 'admin', what: 'revoke invitations' }, ctx)
    const found = await findInvitation(tx, { id, invitationId })
    requireMayInvite(role, found.role)
    if (found.acceptedAt) throw alreadyMember('They have joined meanwhile. Remove them from the members instead.')
    await revokeInvitations(tx, { id, which: eq(invitation.id, invitationId) }, ctx)
    return { status: 'revoked' }
  })
}
