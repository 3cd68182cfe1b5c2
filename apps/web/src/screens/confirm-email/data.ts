import { isAppError } from '@lightpress/protocol'
import { action } from '@solidjs/router'
import { entrance } from '../../api/entrance.ts'

export const confirmEmailChange = action(
  (token: string) => entrance.confirmEmailChange({ token }),
  'confirm-email-change',
)

/** The refusals that no other try will turn: the link is over, or the address is somebody else's. */
export function finalRefusal(error: unknown): 'invalid' | 'taken' | undefined {
  if (!isAppError(error)) return undefined
  if (error.reason === 'auth.token_invalid') return 'invalid'
  return error.reason === 'auth.email_taken' ? 'taken' : undefined
}
