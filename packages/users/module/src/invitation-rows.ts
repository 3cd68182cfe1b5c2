import { AppError } from '@lightpress/protocol'
import type { Invitation } from '@lightpress/users-contract'
import { and, gt, isNotNull, isNull } from 'drizzle-orm'
import { invitation } from './schema.ts'

const LIFETIME = 7 * 24 * 60 * 60 * 1000

type Row = typeof invitation.$inferSelect

/** When it is sent, and until when it is good. */
export function sentNow(): Pick<Row, 'sentAt' | 'expiresAt'> {
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

export function stateOf({ acceptedAt, revokedAt, expiresAt }: Row): Invitation['state'] {
  if (acceptedAt) return 'accepted'
  if (revokedAt) return 'revoked'
  return expiresAt > new Date() ? 'pending' : 'expired'
}

export function invitationNotFound(): AppError {
  return new AppError('not_found', 'users.invitation_not_found', 'There is no such invitation.')
}

/** The same for a link that was never ours, was revoked, came too late or is of another one's: it tells nobody which. */
export function invitationInvalid(): AppError {
  const message = 'This invitation does not work any more. Ask whoever invited you for a new one.'
  return new AppError('invalid', 'users.invitation_invalid', message)
}
