import { decodeCursor, identityOf, newId, once, pageFrom, publish, type Db, type Tx } from '@lightpress/kernel'
import { AppError, emailKey, type Input, type Output, type Role } from '@lightpress/protocol'
import { invitationSent, type ActivityAction, type Invitation } from '@lightpress/users-contract'
import { and, desc, eq, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import type { Ops, UsersContext } from './context.ts'
import { readSeats, requireSeat, requireSending } from './invitation-limits.ts'
import { invitationNotFound, isWaiting, sentNow, stateOf } from './invitation-rows.ts'
import { earlierThan, exactTime, TimeKey } from './keyset.ts'
import { holdOrganization, requireRole, roleTooLow } from './organization-access.ts'
import { recordActivity } from './record-activity.ts'
import { mayInvite } from './roles.ts'
import { invitation, membership, person } from './schema.ts'

type Row = typeof invitation.$inferSelect

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
    return readOne(tx, await once(tx, { operation: 'inviteMember', input, effect }, ctx))
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
    return readOne(tx, await once(tx, { operation: 'resendInvitation', input, effect }, ctx))
  })
}

export async function revokeInvitation(
  { id, invitationId }: Input<Ops['revokeInvitation']>,
  ctx: UsersContext,
): Promise<Output<Ops['revokeInvitation']>> {
  return ctx.withTx(async (tx) => {
    const { role } = await holdOrganization(tx, { id, atLeast: 'admin', what: 'revoke invitations' }, ctx)
    const found = await findOne(tx, { id, invitationId })
    requireMayInvite(role, found.role)
    if (found.acceptedAt) throw alreadyMember('They have joined meanwhile. Remove them from the members instead.')
    if (!found.revokedAt) {
      await tx.update(invitation).set({ revokedAt: new Date() }).where(eq(invitation.id, invitationId))
      const about = { organizationId: id, action: 'invitation_revoked', invitationId, role: found.role } as const
      await recordActivity(tx, about, ctx)
    }
    return { status: 'revoked' }
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
  await requireOneMore(tx, { organizationId, emailKey: key, seats, renewed: waiting })
  const said = { email, role, invitedBy: identityOf(ctx).userId, ...sentNow() }
  if (waiting) await tx.update(invitation).set(said).where(eq(invitation.id, invitationId))
  else await tx.insert(invitation).values({ id: invitationId, organizationId, emailKey: key, ...said })
  await tell(tx, { organizationId, action: 'member_invited', invitationId, role }, ctx)
  return invitationId
}

/** Of one that an owner made, an owner again. It stays whose it was: who sends it once more invites nobody. */
async function resend(
  tx: Tx,
  { id, invitationId, seats, inviterRole }: Input<Ops['resendInvitation']> & Limits,
  ctx: UsersContext,
): Promise<string> {
  const found = await findOne(tx, { id, invitationId })
  requireMayInvite(inviterRole, found.role)
  if (found.acceptedAt) throw alreadyMember('They have joined already.')
  if (found.revokedAt) throw invitationNotFound()
  await requireOneMore(tx, { organizationId: id, emailKey: found.emailKey, seats, renewed: found })
  await tx.update(invitation).set(sentNow()).where(eq(invitation.id, invitationId))
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
  }: { organizationId: string; emailKey: string; seats: number | null; renewed: Row | undefined },
): Promise<void> {
  const [member] = await tx
    .select({ userId: membership.userId })
    .from(membership)
    .innerJoin(person, eq(person.id, membership.userId))
    .where(
      and(
        eq(membership.organizationId, about.organizationId),
        eq(person.emailKey, about.emailKey),
        isNull(person.closedAt),
      ),
    )
  if (member) throw alreadyMember('Whoever has this address is a member already.')
  if (!renewed || stateOf(renewed) !== 'pending') await requireSeat(tx, { organizationId: about.organizationId, seats })
  await requireSending(tx, about)
}

async function tell(
  tx: Tx,
  sent: { organizationId: string; action: ActivityAction; invitationId: string; role: Role },
  ctx: UsersContext,
): Promise<void> {
  await recordActivity(tx, sent, ctx)
  await publish(tx, invitationSent, { invitationId: sent.invitationId })
}

async function findOne(tx: Tx, { id, invitationId }: { id: string; invitationId: string }) {
  const [found] = await tx
    .select()
    .from(invitation)
    .where(and(eq(invitation.id, invitationId), eq(invitation.organizationId, id)))
  // Whoever an invitation without an address was for is erased.
  if (!found || found.emailKey === null) throw invitationNotFound()
  return { ...found, emailKey: found.emailKey }
}

async function readOne(tx: Tx, id: string): Promise<Invitation> {
  const [found] = await selectInvitations(tx, and(eq(invitation.id, id), isNotNull(invitation.email)))
  if (!found) throw invitationNotFound()
  return toInvitation(found)
}

/** Of those that have an address. */
function selectInvitations(db: Db, which: SQL | undefined) {
  return db
    .select({
      row: invitation,
      email: sql<string>`${invitation.email}`,
      inviterName: person.name,
      exactAt: exactTime(invitation.createdAt),
    })
    .from(invitation)
    .leftJoin(person, and(eq(person.id, invitation.invitedBy), isNull(person.closedAt)))
    .where(which)
    .$dynamic()
}

type Selected = Awaited<ReturnType<typeof selectInvitations>>[number]

function toInvitation({ row, email, inviterName }: Selected): Invitation {
  const { id, role, invitedBy, createdAt, sentAt, expiresAt } = row
  return {
    id,
    email,
    role,
    state: stateOf(row),
    invitedBy: { id: invitedBy, name: inviterName },
    createdAt: createdAt.toISOString(),
    sentAt: sentAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }
}

/** Sending and revoking alike: of an invitation to be an owner nobody but owners decides. */
function requireMayInvite(role: Role, given: Role): void {
  if (!mayInvite(role, given)) throw roleTooLow('owner', `decide who is invited as an ${given}`)
}

function alreadyMember(message: string): AppError {
  return new AppError('conflict', 'users.already_member', message)
}
