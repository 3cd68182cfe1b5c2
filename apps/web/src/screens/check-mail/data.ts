import { action } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { keepDraft, readDraft } from '../../ui/drafts.ts'

/** What the mail is for that somebody waits for. */
type Purpose = 'sign-up' | 'password-reset' | 'sign-in'

/** Kept as what was typed is: a reload still knows where the mail went, and after a sign-out nobody does. */
export function expectMail(purpose: Purpose, email: string) {
  keepDraft({ form: `mail-to-${purpose}` }, { email })
}

export function expectedMail(purpose: Purpose): string | undefined {
  return readDraft({ form: `mail-to-${purpose}` }).email
}

export const sendVerificationAgain = action(
  (email: string) => entrance.resendVerification({ email }),
  'send-verification-again',
)

export const sendResetAgain = action((email: string) => entrance.forgotPassword({ email }), 'send-reset-again')
