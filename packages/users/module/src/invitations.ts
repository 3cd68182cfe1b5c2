import { notYet } from './not-yet.ts'

export const listInvitations = notYet
export const inviteMember = notYet
export const resendInvitation = notYet
export const revokeInvitation = notYet
export const readInvitation = notYet
export const readInvitationMail = notYet
