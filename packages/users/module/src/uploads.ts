import { notYet } from './not-yet.ts'

export const startUpload = notYet
export const receiveUpload = notYet
