import type { SignedIn } from '@lightpress/auth-contract'
import { cookieNames, requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { eq, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, clearSessionCookies, isBrowser, type Mode } from './cookies.ts'
import { refreshes, take, takeForNetwork } from './limits.ts'
import { sessionReplaced, wasJustReplaced } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { expiryOf, judge, LONGEST_CHAIN } from './rotation.ts'
import { account, refreshToken as tokens, session } from './schema.ts'
import { hashOf } from './secrets.ts'
import { closeSession, grantAccess } from './sessions.ts'
import { readSessionUser } from './session-user.ts'

/** Answers in the way it was asked: a token in the body with tokens in the body, a cookie with cookies. */
export async function refreshToken(
  { input, request, reply }: RawHttp<Ops['refreshToken']>,
  ctx: AuthContext,
): Promise<Output<Ops['refreshToken']>> {
  const mode: Mode = input.refreshToken === undefined ? 'cookie' : 'token'
  const cookie = request.cookies[cookieNames(ctx.publicUrl).refresh]
  if (mode === 'cookie' && cookie === undefined && !isBrowser(request)) throw tokenMissing()
  // Also without a cookie, because the answer takes cookies away.
  if (mode === 'cookie') requireSameOrigin(request, ctx)
  const presented = input.refreshToken ?? cookie

  const renewed = presented === undefined ? null : await renew(presented, ctx)
  if (!renewed) {
    // Only now: strangers behind the same address must not keep a session from being renewed.
    await takeForNetwork(refreshes.network, ctx)
    if (mode === 'cookie') clearSessionCookies({ reply, publicUrl: ctx.publicUrl })
    throw new AppError('unauthenticated', 'auth.refresh_token_invalid', 'Your session is over. Sign in again.')
  }
  return answerWith(renewed, { mode, reply, publicUrl: ctx.publicUrl })
}

/** No browser, which would say whence it comes: a program that forgot what to send. */
function tokenMissing(): AppError {
  const message = 'Send the refresh token.'
  return new AppError('invalid', 'request.invalid', message, { errors: [{ path: 'refreshToken', message }] })
}

/** Null when the token keeps no session alive (any more). */
async function renew(presented: string, ctx: AuthContext): Promise<SignedIn | null> {
  const [family] = await ctx.db
    .select({
      sessionId: session.id,
      userId: session.userId,
      organizationId: session.organizationId,
      authenticatedAt: session.authenticatedAt,
      impersonatorId: session.impersonatorId,
      // Read before the role: if the role changes meanwhile the version does too, and this token is refused.
      sessionVersion: account.sessionVersion,
    })
    .from(tokens)
    .innerJoin(session, eq(session.id, tokens.sessionId))
    .innerJoin(account, eq(account.userId, session.userId))
    .where(eq(tokens.hash, hashOf(presented)))
  if (!family) return null

  const { sessionId, sessionVersion, organizationId: before } = family
  await take(refreshes.session, sessionId, ctx)
  const user = await readSessionUser(family, ctx)
  const successor = await ctx.withTx((tx) =>
    user
      ? rotate(tx, { presented, sessionId, before, organizationId: user.organizationId }, ctx)
      : end(tx, sessionId, ctx),
  )
  if (successor === SWITCHED) return renew(presented, ctx)
  if (!user || !successor) return null
  return { ...(await grantAccess({ session: family, sessionVersion, user }, ctx)), refreshToken: successor }
}

interface Presented {
  presented: string
  sessionId: string
  /** The session's organisation by which the person's role was asked for, and the one that they are in. */
  before: string | null
  organizationId: string | null
}

/** The session is in another organisation than the role was asked for: nothing was done. */
const SWITCHED = Symbol('switched')

/**
 * The successor of a token. Under the session's lock, so that of twenty parallel requests one trades the token and the
 * others repeat it.
 */
async function rotate(
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
    newest = successorOf(newest, ctx)
    if (!(await find(tx, newest))?.usedAt) return newest
  }
  return null
}

async function endReplayed(
  tx: Tx,
  { id: sessionId, userId, organizationId }: typeof session.$inferSelect,
  ctx: AuthContext,
): Promise<null> {
  ctx.log.warn({ sessionId, userId }, 'a used refresh token came again: its session was ended')
  await closeSession(tx, sessionId)
  const replayed = { action: 'refresh_token_replayed', userId, actorId: null, organizationId, sessionId } as const
  await recordAndAlert(tx, replayed, ctx)
  await revoke(tx, [{ sessionId }], ctx)
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

async function end(tx: Tx, sessionId: string, ctx: AuthContext): Promise<null> {
  if (await closeSession(tx, sessionId)) await revoke(tx, [{ sessionId }], ctx)
  return null
}
