import { notYet } from './not-yet.ts'

export const suspendOrganization = notYet
export const restoreOrganization = notYet
export const readOrganizationState = notYet
