import type { Db, Tx } from '@lightpress/kernel'
import type { Invitation } from '@lightpress/users-contract'
import { and, eq, getTableColumns, gt, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import { invitationNotFound } from './invitation-refusals.ts'
import { exactTime } from './keyset.ts'
import type { Linked } from './link-token.ts'
import { invitation, person } from './schema.ts'

const LIFETIME = 7 * 24 * 60 * 60 * 1000

export type InvitationRow = typeof invitation.$inferSelect

/** When it is sent, and until when it is good. */
export function sentNow(): Pick<InvitationRow, 'sentAt' | 'expiresAt'> {
  const now = Date.now()
  return { sentAt: new Date(now), expiresAt: new Date(now + LIFETIME) }
}

/** Nobody has accepted or revoked it, nor was whoever it is for erased. Expired, it can be renewed. */
export function isWaiting() {
  return and(isNull(invitation.acceptedAt), isNull(invitation.revokedAt), isNotNull(invitation.email))
}

/** Can be accepted, and has a seat. */
export function isGood() {
  return and(isWaiting(), gt(invitation.expiresAt, new Date()))
}

/** Of a link that was sent, and of no other since. */
export function isAsLinked({ id, expiresAt }: Linked) {
  return and(eq(invitation.id, id), eq(invitation.expiresAt, expiresAt))
}

/** Joins who invites, as long as they are somebody and not kept out: nobody comes in on the word of others. */
export function isInviter() {
  return and(eq(person.id, invitation.invitedBy), isNull(person.closedAt), isNull(person.suspendedAt))
}

export function stateOf({ acceptedAt, revokedAt, expiresAt }: InvitationRow): Invitation['state'] {
  if (acceptedAt) return 'accepted'
  if (revokedAt) return 'revoked'
  return expiresAt > new Date() ? 'pending' : 'expired'
}

/** One of an organisation, whatever became of it, and who stands for it: see `isInviter`. */
export async function findInvitation(tx: Tx, { id, invitationId }: { id: string; invitationId: string }) {
  const [found] = await tx
    .select({ ...getTableColumns(invitation), inviterId: person.id })
    .from(invitation)
    .leftJoin(person, isInviter())
    .where(and(eq(invitation.id, invitationId), eq(invitation.organizationId, id)))
  // Whoever an invitation without an address was for is erased.
  if (!found || found.emailKey === null) throw invitationNotFound()
  return { ...found, emailKey: found.emailKey }
}

/** One as it is answered. */
export async function readInvitationRow(tx: Tx, id: string): Promise<Invitation> {
  const [found] = await selectInvitations(tx, and(eq(invitation.id, id), isNotNull(invitation.email)))
  if (!found) throw invitationNotFound()
  return toInvitation(found)
}

/** Of those that have an address. */
export function selectInvitations(db: Db, which: SQL | undefined) {
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

export function toInvitation({ row, email, inviterName }: Selected): Invitation {
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
