import { AppError } from '@lightpress/protocol'
import type { LinkPurpose, Secrets } from './secrets.ts'

/**
 * What makes the link of a mail good: the id of the row it is about, and a MAC of it. Stored nowhere: it can be made
 * again from the id, by us only. Each purpose has a key of its own, so that no link can stand for one of another kind;
 * the row makes it good for one use.
 */
export function createLinkToken(purpose: LinkPurpose, id: string, secrets: Secrets): string {
  return `${id}.${secrets.mac(purpose, id)}`
}

/** The id of the row that a token of ours is about. */
export function parseLinkToken(purpose: LinkPurpose, token: string, secrets: Secrets): string | undefined {
  const end = token.indexOf('.')
  const id = token.slice(0, Math.max(end, 0))
  return secrets.isMac(purpose, token.slice(end + 1), id) ? id : undefined
}

/** The same for a link that was never ours, is used up or came too late: it tells nobody which. */
export function tokenInvalid(advice: string): AppError {
  return new AppError('invalid', 'auth.token_invalid', `This link does not work any more. ${advice}`)
}
