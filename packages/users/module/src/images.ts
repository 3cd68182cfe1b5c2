import { notYet } from './not-yet.ts'

export const setAvatar = notYet
export const removeAvatar = notYet
export const setLogo = notYet
export const removeLogo = notYet
export const getImage = notYet
