import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Config } from './config.ts'

/**
 * What makes the link of an invitation good: its id and a MAC of it (HMAC-SHA-256). Stored nowhere: it can be made again
 * from the id, by us only, so an invitation that is sent again has the link that it had.
 */
export function createLinkToken(id: string, config: Config): string {
  return `${id}.${createHmac('sha256', keyOf(config)).update(id).digest('base64url')}`
}

/**
 * The id of the invitation that a token of ours is about. Nobody is counted who tries others: 256 bits are not guessed,
 * and a wrong one costs a MAC and no look into the database.
 */
export function parseLinkToken(token: string, config: Config): string | undefined {
  const [id = ''] = token.split('.', 1)
  return isSame(token, createLinkToken(id, config)) ? id : undefined
}

/** A key of its own (HKDF, RFC 5869), so that no other MAC under the environment's key can stand for one of these. */
function keyOf({ SECRETS_ENCRYPTION_KEY }: Config): Buffer {
  const root = Buffer.from(SECRETS_ENCRYPTION_KEY, 'base64')
  return Buffer.from(hkdfSync('sha256', root, '', 'lightpress.users.invitation-token', 32))
}

/** In constant time; texts of different length are different. */
function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
