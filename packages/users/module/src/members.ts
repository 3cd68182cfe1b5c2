import { notYet } from './not-yet.ts'

export const listMembers = notYet
export const updateMember = notYet
export const removeMember = notYet
export const transferOrganization = notYet
