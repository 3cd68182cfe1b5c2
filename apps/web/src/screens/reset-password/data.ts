import { isAppError } from '@lightpress/protocol'
import { action, redirect } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { readSession } from '../../api/session-note.ts'
import { setSignInReason } from '../../api/sign-in-reason.ts'
import { toast } from '../../ui/toast.ts'

/**
 * Ends every session of the account, and so the one of this browser if it is the same person's. If it is another's,
 * that person stays where they are.
 */
export const resetPassword = action(async (token: string, password: string) => {
  await entrance.resetPassword({ token, password })
  if (readSession() && (await isStillSignedIn())) {
    toast({ title: 'Password changed', detail: 'The account was signed out everywhere.' })
    throw redirect('/dashboard')
  }
  setSignInReason('password_reset')
  throw redirect('/sign-in')
}, 'reset-password')

/** What renews a session is loaded for the few who have one here. */
function isStillSignedIn(): Promise<boolean> {
  return import('../../api/session.ts').then((session) => session.isStillSignedIn()).catch(() => true)
}

export function isLinkInvalid(error: unknown): boolean {
  return isAppError(error) && error.reason === 'auth.token_invalid'
}
