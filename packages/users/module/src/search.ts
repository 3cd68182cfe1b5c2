import { notYet } from './not-yet.ts'

export const searchUsers = notYet
export const searchOrganizations = notYet
