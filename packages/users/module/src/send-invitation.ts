import { identityOf, newId, once, publish, type Tx } from '@lightpress/kernel'
import { emailKey, type Input, type Output, type Role } from '@lightpress/protocol'
import { invitationSent, type ActivityAction } from '@lightpress/users-contract'
import { and, eq } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { readSeats, requireSeat } from './invitation-limits.ts'
import { alreadyMember, invitationNotFound, requireMayInvite } from './invitation-refusals.ts'
import {
  findInvitation,
  isWaiting,
  readInvitationRow,
  sentNow,
  stateOf,
  type InvitationRow,
} from './invitation-rows.ts'
import { holdOrganization } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { invitation, membership, person } from './schema.ts'
import { countSending } from './sending-limits.ts'

/** One waits for an organisation and an address: inviting again renews it, with the role and by whom it is now. */
export async function inviteMember(
  input: Input<Ops['inviteMember']>,
  ctx: UsersContext,
): Promise<Output<Ops['inviteMember']>> {
  const seats = await readSeats(input.id, ctx)
  return ctx.withTx(async (tx) => {
    const { role } = await holdOrganization(tx, { id: input.id, atLeast: 'admin', what: 'invite people' }, ctx)
    const effect = () => invite(tx, { ...input, seats, inviterRole: role }, ctx)
    // The id alone is kept as the answer: whose address it is stands in one place.
    return readInvitationRow(tx, await once(tx, { operation: 'inviteMember', input, effect }, ctx))
  })
}

export async function resendInvitation(
  input: Input<Ops['resendInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['resendInvitation']>> {
  const seats = await readSeats(input.id, ctx)
  return ctx.withTx(async (tx) => {
    const { role } = await holdOrganization(tx, { id: input.id, atLeast: 'admin', what: 'send invitations' }, ctx)
    const effect = () => resend(tx, { ...input, seats, inviterRole: role }, ctx)
    return readInvitationRow(tx, await once(tx, { operation: 'resendInvitation', input, effect }, ctx))
  })
}

interface Limits {
  seats: number | null
  inviterRole: Role
}

/** Answers the id of the one that waits now. */
async function invite(
  tx: Tx,
  { id: organizationId, email, role, seats, inviterRole }: Input<Ops['inviteMember']> & Limits,
  ctx: UsersContext,
): Promise<string> {
  requireMayInvite(inviterRole, role)
  const key = emailKey(email)
  const [waiting] = await tx
    .select()
    .from(invitation)
    .where(and(eq(invitation.organizationId, organizationId), eq(invitation.emailKey, key), isWaiting()))
  if (waiting) requireMayInvite(inviterRole, waiting.role)
  const invitationId = waiting?.id ?? newId()
  await requireOneMore(tx, { organizationId, emailKey: key, seats, renewed: waiting }, ctx)
  const said = { email, role, invitedBy: identityOf(ctx).userId, ...sentNow() }
  if (waiting) await tx.update(invitation).set(said).where(eq(invitation.id, invitationId))
  else await tx.insert(invitation).values({ id: invitationId, organizationId, emailKey: key, ...said })
  await tell(tx, { organizationId, action: 'member_invited', invitationId, role }, ctx)
  return invitationId
}

/**
 * Of one that an owner made, an owner again. It stays whose it was, for who sends it once more invites nobody; but whoever
 * invited and is kept out since invites nobody either.
 */
async function resend(
  tx: Tx,
  { id, invitationId, seats, inviterRole }: Input<Ops['resendInvitation']> & Limits,
  ctx: UsersContext,
): Promise<string> {
  const found = await findInvitation(tx, { id, invitationId })
  requireMayInvite(inviterRole, found.role)
  if (found.acceptedAt) throw alreadyMember('They have joined already.')
  if (found.revokedAt) throw invitationNotFound()
  await requireOneMore(tx, { organizationId: id, emailKey: found.emailKey, seats, renewed: found }, ctx)
  const invitedBy = found.inviterId ?? identityOf(ctx).userId
  await tx
    .update(invitation)
    .set({ invitedBy, ...sentNow() })
    .where(eq(invitation.id, invitationId))
  await tell(tx, { organizationId: id, action: 'invitation_resent', invitationId, role: found.role }, ctx)
  return invitationId
}

/** Whether there may be one more mail to this address, and where its invitation has no seat, whether there is one. */
async function requireOneMore(
  tx: Tx,
  {
    renewed,
    seats,
    ...about
  }: { organizationId: string; emailKey: string; seats: number | null; renewed: InvitationRow | undefined },
  ctx: UsersContext,
): Promise<void> {
  const [member] = await tx
    .select({ userId: membership.userId })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(and(eq(membership.organizationId, about.organizationId), eq(person.emailKey, about.emailKey)))
  if (member) throw alreadyMember('Whoever has this address is a member already.')
  if (!renewed || stateOf(renewed) !== 'pending') await requireSeat(tx, { organizationId: about.organizationId, seats })
  await countSending(tx, about, ctx)
}

async function tell(
  tx: Tx,
  sent: { organizationId: string; action: ActivityAction; invitationId: string; role: Role },
  ctx: UsersContext,
): Promise<void> {
  await recordActivity(tx, sent, ctx)
  await publish(tx, invitationSent, { invitationId: sent.invitationId })
}
