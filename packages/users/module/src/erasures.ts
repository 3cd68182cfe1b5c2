import { notYet } from './not-yet.ts'

export const previewMyErasure = notYet
export const eraseMe = notYet
export const previewErasure = notYet
export const eraseOrganization = notYet
export const listErasures = notYet
export const readErasureMail = notYet
