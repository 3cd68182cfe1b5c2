import type { Session } from '@lightpress/auth-contract'
import { decodeCursor, identityOf, pageFrom, type RawHttp } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { and, desc, eq, exists, gt, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { clearSessionCookies } from './cookies.ts'
import { deviceOf } from './devices.ts'
import { revoke } from './revocations.ts'
import { SESSION_LIFETIME_SECONDS } from './rotation.ts'
import { refreshToken, session } from './schema.ts'
import { endOneSession, endOtherSessionsOf, endSessionsOf } from './sessions.ts'

const Key = z.tuple([z.iso.datetime(), z.uuid()])

export async function listSessions(
  { limit, cursor }: Input<Ops['listSessions']>,
  ctx: AuthContext,
): Promise<Output<Ops['listSessions']>> {
  const { userId, sessionId } = identityOf(ctx)
  const after = decodeCursor(cursor, Key)
  // What a cursor says is to the millisecond.
  const lastUsedAt = sql`date_trunc('milliseconds', ${session.lastUsedAt})`
  const rows = await ctx.db
    .select()
    .from(session)
    .where(
      and(
        eq(session.userId, userId),
        isLive(ctx),
        after && sql`(${lastUsedAt}, ${session.id}) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
      ),
    )
    .orderBy(desc(lastUsedAt), desc(session.id))
    .limit(limit + 1)
  const sessions = rows.map((row) => toSession(row, { current: row.id === sessionId }))
  return pageFrom(sessions, limit, ({ lastUsedAt, id }) => [lastUsedAt, id])
}

/** Somebody else's is told from none at all by nobody. */
export async function endSession(
  { id }: Input<Ops['endSession']>,
  ctx: AuthContext,
): Promise<Output<Ops['endSession']>> {
  const { userId } = identityOf(ctx)
  await ctx.withTx(async (tx) => {
    const [own] = await tx
      .select({ organizationId: session.organizationId })
      .from(session)
      .where(and(eq(session.id, id), eq(session.userId, userId)))
    if (!own) throw new AppError('not_found', 'auth.session_not_found', 'You have no such session.')
    const revoked = await endOneSession(tx, id)
    if (revoked === null) return
    await record(tx, { action: 'session_ended', userId, sessionId: id, ...own }, ctx)
    await revoke(tx, revoked, ctx)
  })
  return { status: 'ended' }
}

export async function endSessions(
  { input, reply }: RawHttp<Ops['endSessions']>,
  ctx: AuthContext,
): Promise<Output<Ops['endSessions']>> {
  const { userId, sessionId } = identityOf(ctx)
  const stays = input.except === 'current'
  const ended = await ctx.withTx(async (tx) => {
    const { ended, revoked } = stays
      ? await endOtherSessionsOf(tx, userId, { except: sessionId })
      : await endSessionsOf(tx, userId)
    if (ended > 0) await record(tx, { action: 'sessions_ended', userId }, ctx)
    await revoke(tx, revoked, ctx)
    return ended
  })
  if (!stays) clearSessionCookies({ reply, publicUrl: ctx.publicUrl })
  return { ended }
}

/** Can still be renewed. */
function isLive({ db }: AuthContext) {
  const renewable = db
    .select({ hash: refreshToken.hash })
    .from(refreshToken)
    .where(and(eq(refreshToken.sessionId, session.id), gt(refreshToken.expiresAt, sql`now()`)))
  return and(
    isNull(session.endedAt),
    gt(session.createdAt, sql`now() - ${SESSION_LIFETIME_SECONDS} * interval '1 second'`),
    exists(renewable),
  )
}

function toSession(row: typeof session.$inferSelect, { current }: { current: boolean }): Session {
  const impersonated = row.impersonatorId !== null
  return {
    id: row.id,
    current,
    impersonated,
    // Whence an operator works is not the business of whom they act as.
    device: deviceOf(impersonated ? null : row.userAgent),
    ip: impersonated ? null : row.ip,
    createdAt: row.createdAt.toISOString(),
    lastUsedAt: row.lastUsedAt.toISOString(),
  }
}
