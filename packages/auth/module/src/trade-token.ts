import type { Tx } from '@lightpress/kernel'
import { eq, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext } from './context.ts'
import { sessionReplaced, wasJustReplaced } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { expiryOf, judge, LONGEST_CHAIN } from './rotation.ts'
import { refreshToken as tokens, session } from './schema.ts'
import { hashOf } from './secrets.ts'
import { endOneSession } from './sessions.ts'

export interface Presented {
  /** A token of this session. */
  presented: string
  sessionId: string
  /** The session's organisation by which the person's role was asked for, and the one that they are in. */
  before: string | null
  organizationId: string | null
}

/** The session is in another organisation than the role was asked for: nothing was done. */
export const SWITCHED = Symbol('switched')

/**
 * The successor of a refresh token, or null when it keeps no session alive. Under the session's lock, so that of twenty
 * parallel requests one trades the token and the others repeat it.
 */
export async function tradeToken(
  tx: Tx,
  { presented, sessionId, before, organizationId }: Presented,
  ctx: AuthContext,
): Promise<string | null | typeof SWITCHED> {
  const [family] = await tx.select().from(session).where(eq(session.id, sessionId)).for('update')
  const token = await find(tx, presented)
  if (!family || !token) return null
  const span = { begunAt: family.createdAt, endsAt: family.endsAt }
  const { now } = token
  if (wasJustReplaced(family, now)) throw sessionReplaced()
  if (family.endedAt) return null
  if (family.organizationId !== before) return SWITCHED
  switch (judge({ ...token, ...span }, now)) {
    case 'expired':
      return null
    case 'replayed':
      return endReplayed(tx, family, ctx)
    case 'repeated':
      return (await newestAfter(tx, presented, ctx)) ?? endReplayed(tx, family, ctx)
    case 'fresh': {
      const successor = successorOf(presented, ctx)
      await tx.update(tokens).set({ usedAt: now }).where(eq(tokens.hash, token.hash))
      await tx.insert(tokens).values({ hash: hashOf(successor), sessionId, expiresAt: expiryOf(span, now) })
      await tx
        .update(session)
        .set({ lastUsedAt: now, ip: ctx.request.ip, organizationId })
        .where(eq(session.id, sessionId))
      return successor
    }
  }
}

/** Usually the successor; a later one if that was traded, too, within the grace; null after more than anybody trades. */
async function newestAfter(tx: Tx, token: string, ctx: AuthContext): Promise<string | null> {
  let newest = token
  for (let length = 0; length < LONGEST_CHAIN; length++) {
    const successor = await findSuccessor(tx, newest, ctx)
    if (!successor.usedAt) return successor.token
    newest = successor.token
  }
  return null
}

/** It was made under whichever key the process that made it used. */
async function findSuccessor(tx: Tx, token: string, ctx: AuthContext) {
  for (const successor of ctx.secrets.macs('refresh-successor', token)) {
    const row = await find(tx, successor)
    if (row) return { token: successor, usedAt: row.usedAt }
  }
  return { token: successorOf(token, ctx), usedAt: null }
}

async function endReplayed(
  tx: Tx,
  { id: sessionId, userId, organizationId, impersonatorId }: typeof session.$inferSelect,
  ctx: AuthContext,
): Promise<null> {
  ctx.log.warn({ sessionId, userId }, 'a used refresh token came again: its session was ended')
  const revoked = await endOneSession(tx, sessionId)
  const about = { userId, actorId: null, impersonatorId, organizationId, sessionId }
  await recordAndAlert(tx, { action: 'refresh_token_replayed', ...about }, ctx)
  await revoke(tx, revoked ?? [], ctx)
  return null
}

/** Derived, not stored: whoever presents the same token gets the same successor, and the database cannot tell it. */
function successorOf(token: string, { secrets }: AuthContext): string {
  return secrets.mac('refresh-successor', token)
}

/** With the time that the database has: the clocks of two processes may be further apart than the grace is long. */
async function find(tx: Tx, token: string) {
  const [row] = await tx
    .select({
      hash: tokens.hash,
      usedAt: tokens.usedAt,
      expiresAt: tokens.expiresAt,
      // Not `now()`: that stands still from before the wait for the session's lock.
      now: sql`clock_timestamp()`.mapWith(tokens.expiresAt),
    })
    .from(tokens)
    .where(eq(tokens.hash, hashOf(token)))
  return row
}
