import { action } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

const key = 'mail-to'

/** Kept for this tab, so that a reload still knows where the mail went. */
export function expectMail(email: string) {
  sessionStorage.setItem(key, email)
}

export function expectedMail(): string | null {
  return sessionStorage.getItem(key)
}

export const sendAgain = action((email: string) => auth.resendVerification({ email }), 'send-verification-again')
