import { spendWithin, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { isGood } from './invitation-rows.ts'
import { invitation, membership } from './schema.ts'

// Seats are counted in the transaction that takes one, under a lock, so nobody overtakes the count.

/** People that an organisation's plan has seats for; null for as many as there are. Asked before the transaction. */
export async function readSeats(organizationId: string, ctx: UsersContext): Promise<number | null> {
  const { limits } = await ctx.calls.billing.readEntitlements({ organizationId })
  return limits.members
}

/** Refuses where members, and invitations that can be accepted, take all the seats. */
export async function requireSeat(
  tx: Tx,
  { organizationId, seats }: { organizationId: string; seats: number | null },
): Promise<void> {
  const invited = () => tx.$count(invitation, and(isGood(), eq(invitation.organizationId, organizationId)))
  const used = async () => (await countMembers(tx, organizationId)) + (await invited())
  if (!(await spendWithin(tx, { of: `seats ${organizationId}`, limit: seats, used })))
    throw seatLimit(
      `The plan has ${seats} seats, and members and invitations take them all. Revoke an invitation, remove a member, or choose a larger plan.`,
    )
}

/**
 * Whoever is invited has a seat, for as long as the plan has it: in one that shrank since, those get in who come first.
 * So of the others only members count, and while the plan is what it was there is always a seat.
 */
export async function requireSeatToJoin(
  tx: Tx,
  { organizationId, seats }: { organizationId: string; seats: number | null },
): Promise<void> {
  const used = () => countMembers(tx, organizationId)
  if (!(await spendWithin(tx, { of: `seats ${organizationId}`, limit: seats, used })))
    throw seatLimit(
      'There is no seat left in this organisation. Ask whoever invited you to make room, then follow the link again.',
    )
}

function countMembers(tx: Tx, organizationId: string): Promise<number> {
  return tx.$count(membership, eq(membership.organizationId, organizationId))
}

function seatLimit(message: string): AppError {
  return new AppError('conflict', 'users.seat_limit', message)
}
