import { isAppError } from '@lightpress/protocol'

const over = ['users.invitation_invalid', 'users.invitation_not_found', 'auth.token_invalid']

/** Whether no other try will turn it: the link has run out, was taken back or is used, or it was never one. */
export function isOver(error: unknown): boolean {
  return isAppError(error) && over.includes(error.reason)
}
