import { notYet } from './not-yet.ts'

export const listMyExports = notYet
export const exportMe = notYet
export const downloadMyExport = notYet
export const listExports = notYet
export const exportOrganization = notYet
export const downloadExport = notYet
export const readExportMail = notYet
