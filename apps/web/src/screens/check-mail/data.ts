import { action } from '@solidjs/router'
import { auth } from '../../api/auth.ts'

/** What the mail is for that somebody waits for. */
type Purpose = 'sign-up' | 'password-reset'

/** Kept for this tab, so that a reload still knows where the mail went. */
export function expectMail(purpose: Purpose, email: string) {
  sessionStorage.setItem(keyOf(purpose), email)
}

export function expectedMail(purpose: Purpose): string | null {
  return sessionStorage.getItem(keyOf(purpose))
}

export const sendVerificationAgain = action(
  (email: string) => auth.resendVerification({ email }),
  'send-verification-again',
)

export const sendResetAgain = action((email: string) => auth.forgotPassword({ email }), 'send-reset-again')

function keyOf(purpose: Purpose): string {
  return `mail-to:${purpose}`
}
