import { notYet } from './not-yet.ts'

export const previewInvitation = notYet
export const acceptInvitation = notYet
export const acceptInvitationFor = notYet
