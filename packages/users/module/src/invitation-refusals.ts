import { AppError, type Role } from '@lightpress/protocol'
import { roleTooLow } from './organization-access.ts'
import { mayInvite } from './roles.ts'

/** Sending and revoking alike: of an invitation to be an owner nobody but owners decides. */
export function requireMayInvite(role: Role, given: Role): void {
  if (!mayInvite(role, given)) throw roleTooLow('owner', `decide who is invited as an ${given}`)
}

export function alreadyMember(message: string): AppError {
  return new AppError('conflict', 'users.already_member', message)
}

export function invitationNotFound(): AppError {
  return new AppError('not_found', 'users.invitation_not_found', 'There is no such invitation.')
}

/** The same for a link that was never ours, was revoked, came too late or is of another one's: it tells nobody which. */
export function invitationInvalid(): AppError {
  const message = 'This invitation does not work any more. Ask whoever invited you for a new one.'
  return new AppError('invalid', 'users.invitation_invalid', message)
}
