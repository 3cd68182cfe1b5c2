import { notYet } from './not-yet.ts'

export const listOrganizationActivity = notYet
