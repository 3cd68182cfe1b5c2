import { accessToken } from '@lightpress/protocol'
import { and, gt, isNull, or, sql } from 'drizzle-orm'
import { session } from './schema.ts'

// By the database's clock, and not by `now()`: a transaction may have waited for somebody else's.

/** Neither ended, nor over by itself: nobody ends a session in which an operator acts when its time is up. */
export function isOpen() {
  return and(isNull(session.endedAt), or(isNull(session.endsAt), gt(session.endsAt, sql`clock_timestamp()`)))
}

/**
 * Was opened or refreshed within the life of an access token. So whoever has an access token and no refresh token, a
 * thief perhaps, gets no other by it, and from that yet another, without end. Whoever has both refreshes, and asks again.
 */
export function wasRefreshedLately() {
  const lifetime = sql`${accessToken.lifetimeSeconds} * interval '1 second'`
  return sql<boolean>`${session.lastUsedAt} > clock_timestamp() - ${lifetime}`
}
