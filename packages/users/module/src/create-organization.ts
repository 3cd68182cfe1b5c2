import { notYet } from './not-yet.ts'

export const createOrganization = notYet
