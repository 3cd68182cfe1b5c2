import { isAppError } from '@lightpress/protocol'
import { action, query, redirect } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'
import { startSession } from '../../api/session-start.ts'
import { dropDrafts } from '../../ui/drafts.ts'

/**
 * Answers the mail. In the browser that signed up a cookie says that it was the same person; elsewhere the password
 * chosen at sign-up must say it.
 */
export const verify = action(async (token: string, password?: string) => {
  await startSession(() => entrance.verifyEmail({ token, mode: 'cookie', ...(password !== undefined && { password }) }))
  dropDrafts()
  query.clear()
  throw redirect('/dashboard')
}, 'verify-email')

export function wantsPassword(error: unknown): boolean {
  return isAppError(error) && error.reason === 'auth.password_required'
}
