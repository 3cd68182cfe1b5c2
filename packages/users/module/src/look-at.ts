import { notYet } from './not-yet.ts'

export const readUser = notYet
export const readOrganization = notYet
export const listOrganizationMembers = notYet
