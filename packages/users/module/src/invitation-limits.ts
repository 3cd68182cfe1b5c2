import type { Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, desc, eq, gt, inArray, sql, type SQL } from 'drizzle-orm'
import type { UsersContext } from './context.ts'
import { isGood } from './invitation-rows.ts'
import { activity, invitation, membership } from './schema.ts'

// Both are counted in the transaction that holds the organisation, so nobody overtakes the count.

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
  if (seats === null) return
  const invited = await tx.$count(invitation, and(isGood(), eq(invitation.organizationId, organizationId)))
  if ((await countMembers(tx, organizationId)) + invited >= seats)
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
  if (seats === null || (await countMembers(tx, organizationId)) < seats) return
  throw seatLimit(
    'There is no seat left in this organisation. Ask whoever invited you to make room, then follow the link again.',
  )
}

function countMembers(tx: Tx, organizationId: string): Promise<number> {
  return tx.$count(membership, eq(membership.organizationId, organizationId))
}

/** So many mails within so many seconds. */
interface Limit {
  most: number
  within: number
}

export const sendings = {
  /** Of one organisation. Whoever has two hundred colleagues to invite goes on tomorrow. */
  organization: { most: 200, within: 24 * 60 * 60 },
  /** To one address, of one organisation. */
  address: { most: 5, within: 60 * 60 },
  /** To one address, of all together: whoever makes organisations for it does not fill a stranger's mailbox either. */
  addressOfAll: { most: 30, within: 60 * 60 },
} satisfies Record<string, Limit>

/**
 * Refuses the mail that would be one too many. What was sent is counted in the activity log, which is there for as long
 * as the organisation is, whatever became of the invitation.
 */
export async function requireSending(
  tx: Tx,
  { organizationId, emailKey }: { organizationId: string; emailKey: string },
): Promise<void> {
  // Organisations that write to one address at the same moment are counted one after the other.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`users.invited ${emailKey}`}, 0))`)
  const own = eq(activity.organizationId, organizationId)
  const to = eq(invitation.emailKey, emailKey)
  const waits = {
    organization: await secondsUntilFree(tx, own, sendings.organization),
    address: await secondsUntilFree(tx, and(own, to), sendings.address),
    addressOfAll: await secondsUntilFree(tx, to, sendings.addressOfAll),
  }
  const wait = Math.max(...Object.values(waits))
  if (wait === 0) return
  const who = waits.organization > 0 ? 'This organisation has sent' : 'This address was sent'
  const message = `${who} as many invitations as it may for now. Those that were sent stay good; try again later.`
  throw new AppError('limited', 'users.too_many_invitations', message, { retryAfter: wait })
}

/** Of the last `most` that were sent, the oldest must be out of the window: 0 where it is, or where there are fewer. */
async function secondsUntilFree(tx: Tx, which: SQL | undefined, { most, within }: Limit): Promise<number> {
  const window = sql`${within}::int * interval '1 second'`
  const [oldest] = await tx
    .select({ seconds: sql<number>`ceil(extract(epoch from ${activity.at} + ${window} - now()))::int` })
    .from(activity)
    .innerJoin(
      invitation,
      and(eq(invitation.id, activity.invitationId), eq(invitation.organizationId, activity.organizationId)),
    )
    .where(
      and(
        which,
        inArray(activity.action, ['member_invited', 'invitation_resent']),
        gt(activity.at, sql`now() - ${window}`),
      ),
    )
    .orderBy(desc(activity.at))
    .offset(most - 1)
    .limit(1)
  return oldest ? Math.max(1, oldest.seconds) : 0
}

function seatLimit(message: string): AppError {
  return new AppError('conflict', 'users.seat_limit', message)
}
