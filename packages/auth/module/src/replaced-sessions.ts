import { cookieNames, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import type { Revoked } from './revocations.ts'
import { isWithinGrace, judge } from './rotation.ts'
import { refreshToken, session } from './schema.ts'
import { hashOf } from './secrets.ts'
import { endOneSession } from './sessions.ts'

// A browser is given another session in place of the one that it has: by a new password, or because somebody signs in
// over it. Its other tabs may have a refresh under way with the token of the old one. Two things must both hold:
//
// - The old token is worth nothing from the commit on. Nothing is derived from it and it has no grace, because a thief
//   may hold it as well, and cannot be told from the tab.
// - The tab must not be told that the session is over: that answer takes the cookies away by their names, and by then
//   they may be the new ones; and the page would leave for the sign-in.
//
// So for as long as a request may have been under way the old token is answered with a conflict: no tokens, and no word
// about cookies. A browser that asks again does so with what is in its jar by then. A thief gets the same nothing.

/**
 * Ends the session whose refresh token the browser presents, which the session `by` takes the place of: nobody could
 * reach it any more, and it would live for thirty days. The same for the operator's own, where they act as somebody else
 * in it. What this answers is for `revoke`.
 */
export async function replacePresented(
  tx: Tx,
  { request, by }: Pick<RawHttp, 'request'> & { by: string },
  ctx: AuthContext,
): Promise<Revoked[]> {
  const { refresh, operator } = cookieNames(ctx.publicUrl)
  const revoked: Revoked[] = []
  for (const name of [refresh, operator]) {
    const ended = await endPresented(tx, request.cookies[name], ctx)
    if (ended === null) continue
    await markReplaced(tx, { sessionId: ended.sessionId, by })
    revoked.push(...ended.revoked)
  }
  return revoked
}

/**
 * Ends the session that a refresh token renews, if there is one: whoever presents its secret may end it, whosever it is.
 * Null for a
 * token that renews nothing. What this answers as `revoked` is for `revoke`.
 */
export async function endPresented(
  tx: Tx,
  presented: string | undefined,
  ctx: AuthContext,
): Promise<{ sessionId: string; revoked: Revoked[] } | null> {
  if (presented === undefined) return null
  const [found] = await tx
    .select({
      sessionId: session.id,
      userId: session.userId,
      organizationId: session.organizationId,
      impersonatorId: session.impersonatorId,
      begunAt: session.createdAt,
      endsAt: session.endsAt,
      usedAt: refreshToken.usedAt,
      expiresAt: refreshToken.expiresAt,
      now: sql`clock_timestamp()`.mapWith(refreshToken.expiresAt),
    })
    .from(refreshToken)
    .innerJoin(session, eq(session.id, refreshToken.sessionId))
    .where(and(eq(refreshToken.hash, hashOf(presented)), isNull(session.endedAt)))
  if (!found || !['fresh', 'repeated'].includes(judge(found, found.now))) return null
  const { sessionId, userId, organizationId, impersonatorId } = found
  const revoked = await endOneSession(tx, sessionId)
  if (revoked === null) return null
  const action = impersonatorId === null ? 'signed_out' : 'impersonation_ended'
  await record(tx, { action, userId, actorId: userId, impersonatorId, organizationId, sessionId }, ctx)
  return { sessionId, revoked }
}

/** Says of a session that was ended which one took its place. */
export async function markReplaced(tx: Tx, { sessionId, by }: { sessionId: string; by: string }): Promise<void> {
  await tx.update(session).set({ replacedBy: by }).where(eq(session.id, sessionId))
}

/** Whether a request with a token of this session may have been under way when it was replaced. */
export function wasJustReplaced(
  { endedAt, replacedBy }: Pick<typeof session.$inferSelect, 'endedAt' | 'replacedBy'>,
  now: Date,
): boolean {
  return endedAt !== null && replacedBy !== null && isWithinGrace(endedAt, now)
}

export function sessionReplaced(): AppError {
  const message = 'This session was replaced a moment ago. Ask again with the tokens of the one that took its place.'
  return new AppError('conflict', 'auth.session_replaced', message)
}
