import { identityOf, publish, type Tx } from '@lightpress/kernel'
import { AppError, isAppError, type Input, type Output } from '@lightpress/protocol'
import { membershipChanged } from '@lightpress/users-contract'
import { and, eq, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { copyEmail } from './email-copy.ts'
import { readSeats, requireSeatToJoin } from './invitation-limits.ts'
import { invitationInvalid } from './invitation-refusals.ts'
import { isAsLinked, isInviter, stateOf } from './invitation-rows.ts'
import { parseLinkToken } from './link-token.ts'
import { lockOrganization, organizationSuspended } from './organization-access.ts'
import { readOwn } from './organizations.ts'
import { holdPerson } from './people.ts'
import { recordActivity } from './record-activity.ts'
import { invitation, membership, person } from './schema.ts'

/** Whoever is signed in joins, if theirs is the invited address by now. Again is the same as once. */
export async function acceptInvitation(
  { token }: Input<Ops['acceptInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['acceptInvitation']>> {
  const linked = parseLinkToken(token, ctx.linkKey)
  const asked = linked ? await readAsked(isAsLinked(linked), ctx) : null
  if (!asked) throw invitationInvalid()
  const { userId } = identityOf(ctx)
  // The copy of an address may be an old one for a moment. Here it decides who comes in, so it is brought up to date.
  await copyEmail.run({ userId }, ctx)
  return ctx.withTx(async (tx) => {
    await join(tx, { ...asked, userId, proved: false }, ctx)
    return readOwn(asked.organizationId, ctx, tx)
  })
}

/** Whoever calls knows that the address is theirs. Who is refused stays out, and can follow the link again: null. */
export async function acceptInvitationFor(
  { invitationId, userId }: Input<Ops['acceptInvitationFor']>,
  ctx: UsersContext,
): Promise<Output<Ops['acceptInvitationFor']>> {
  const asked = await readAsked(eq(invitation.id, invitationId), ctx)
  if (!asked) return { organizationId: null }
  try {
    await ctx.withTx((tx) => join(tx, { ...asked, userId, proved: true }, ctx))
  } catch (error) {
    // A refusal is the answer, and asking again would not change it. What went wrong otherwise may not go wrong again.
    if (isAppError(error)) return { organizationId: null }
    throw error
  }
  return { organizationId: asked.organizationId }
}

interface Asked {
  invitationId: string
  organizationId: string
  seats: number | null
}

/** What must be known before the transaction. */
async function readAsked(which: SQL | undefined, ctx: UsersContext): Promise<Asked | null> {
  const [found] = await ctx.db
    .select({ invitationId: invitation.id, organizationId: invitation.organizationId })
    .from(invitation)
    .where(which)
  if (!found) return null
  return { ...found, seats: await readSeats(found.organizationId, ctx) }
}

interface Joining extends Asked {
  userId: string
  /** That the address is theirs was proved to whoever calls; else it is looked at. */
  proved: boolean
}

/**
 * Everything about an organisation's invitations happens while it is held, so that of accepting and revoking at the same
 * moment one comes first. An invitation brings somebody in and changes nothing for whoever is in already: a role that
 * they were given as a member counts, not one that an older mail promises. It is used up all the same.
 */
async function join(
  tx: Tx,
  { invitationId, organizationId, seats, userId, proved }: Joining,
  ctx: UsersContext,
): Promise<void> {
  const organization = await lockOrganization(tx, organizationId)
  const who = await holdPerson(tx, userId)
  const [found] = await tx
    .select({ invited: invitation, inviterId: person.id })
    .from(invitation)
    .leftJoin(person, isInviter())
    .where(eq(invitation.id, invitationId))
  if (!organization || !found) throw invitationInvalid()
  const { invited, inviterId } = found
  const isMember = await isIn(tx, { organizationId, userId })
  if (invited.acceptedBy === userId && isMember) return
  if (stateOf(invited) !== 'pending' || invited.email === null || inviterId === null) throw invitationInvalid()
  if (!proved && who.emailKey !== invited.emailKey) throw forAnother(invited.email)
  if (organization.suspendedAt !== null) throw organizationSuspended()

  if (!isMember) await addMember(tx, { ...invited, seats, userId }, ctx)
  const accepted = { acceptedAt: new Date(), acceptedBy: userId }
  await tx.update(invitation).set(accepted).where(eq(invitation.id, invitationId))
}

async function addMember(
  tx: Tx,
  about: typeof invitation.$inferSelect & Pick<Joining, 'seats' | 'userId'>,
  ctx: UsersContext,
): Promise<void> {
  const { id: invitationId, organizationId, role, userId } = about
  await requireSeatToJoin(tx, about)
  await tx.insert(membership).values({ organizationId, userId, role })
  const joined = { organizationId, action: 'member_joined', actorId: userId, userId, invitationId, role } as const
  await recordActivity(tx, joined, ctx)
  await publish(tx, membershipChanged, { organizationId, userId, change: 'joined', role, actorId: userId })
}

async function isIn(tx: Tx, { organizationId, userId }: { organizationId: string; userId: string }): Promise<boolean> {
  const rows = await tx
    .select({ role: membership.role })
    .from(membership)
    .where(and(eq(membership.organizationId, organizationId), eq(membership.userId, userId)))
  return rows.length > 0
}

/** Whoever holds the link reads the mail of that address, so they may be told which it is. */
function forAnother(email: string): AppError {
  const message = `This invitation is for ${email}. Sign in with that address, or ask for an invitation for yours.`
  return new AppError('forbidden', 'users.invitation_for_another', message)
}
