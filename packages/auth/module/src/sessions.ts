import type { SessionUser, SignedIn } from '@lightpress/auth-contract'
import { identityOf, newId, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { and, eq, isNull } from 'drizzle-orm'
import { issueAccessToken } from './access-tokens.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, clearSessionCookies } from './cookies.ts'
import { revoke } from './revocations.ts'
import { REFRESH_LIFETIME_SECONDS } from './rotation.ts'
import { account, refreshToken, session } from './schema.ts'
import { hashOf, randomSecret } from './secrets.ts'
import { readUserIn } from './session-user.ts'

export async function signOut({ reply }: RawHttp<Ops['signOut']>, ctx: AuthContext): Promise<Output<Ops['signOut']>> {
  const { sessionId } = identityOf(ctx)
  await ctx.withTx((tx) => endSession(tx, sessionId, ctx))
  clearSessionCookies({ reply, publicUrl: ctx.publicUrl })
  return { status: 'signed_out' }
}

/**
 * Answers an access token for the other organisation. The refresh token that the caller holds stays good, and what
 * it is traded for from now on is for that organisation, too.
 */
export async function switchOrganization(
  { input, request, reply }: RawHttp<Ops['switchOrganization']>,
  ctx: AuthContext,
): Promise<Output<Ops['switchOrganization']>> {
  const { userId, sessionId } = identityOf(ctx)
  const { organizationId } = input
  const [live] = await ctx.db
    .select({ sessionVersion: account.sessionVersion })
    .from(session)
    .innerJoin(account, eq(account.userId, session.userId))
    .where(and(eq(session.id, sessionId), isNull(session.endedAt)))
  if (!live) throw sessionEnded()
  const user = await readUserIn({ userId, organizationId }, ctx)
  if (!user?.role) throw new AppError('not_found', 'auth.not_a_member', 'You are in no such organisation.')
  const [switched] = await ctx.db
    .update(session)
    .set({ organizationId })
    .where(and(eq(session.id, sessionId), isNull(session.endedAt)))
    .returning({ id: session.id })
  if (!switched) throw sessionEnded()
  const granted = await grantAccess({ sessionId, ...live, user }, ctx)
  const mode = request.headers.authorization === undefined ? 'cookie' : 'token'
  return answerWith(granted, { mode, reply, publicUrl: ctx.publicUrl })
}

/** Begins a session and its family of refresh tokens. */
export async function openSession(
  tx: Tx,
  { userId, organizationId }: { userId: string; organizationId: string | null },
  { request }: AuthContext,
): Promise<{ sessionId: string; refreshToken: string }> {
  const sessionId = newId()
  const token = randomSecret()
  const { ip, userAgent } = request
  await tx.insert(session).values({ id: sessionId, userId, organizationId, ip, userAgent })
  await tx.insert(refreshToken).values({ hash: hashOf(token), sessionId, expiresAt: expiryOf(new Date()) })
  return { sessionId, refreshToken: token }
}

/** Once; whoever still holds one of its tokens is told within a second. */
export async function endSession(tx: Tx, sessionId: string, ctx: AuthContext): Promise<void> {
  const [ended] = await tx
    .update(session)
    .set({ endedAt: new Date() })
    .where(and(eq(session.id, sessionId), isNull(session.endedAt)))
    .returning({ id: session.id })
  if (ended) await revoke(tx, { sessionId }, ctx)
}

/** What a session entitles to for the next five minutes. */
export async function grantAccess(
  { sessionId, sessionVersion, user }: { sessionId: string; sessionVersion: number; user: SessionUser },
  ctx: AuthContext,
): Promise<SignedIn> {
  const { id: userId, organizationId, role, operator } = user
  const identity = { userId, sessionId, sessionVersion, organizationId, role, operator }
  return { ...(await issueAccessToken(identity, ctx)), user }
}

export function expiryOf(from: Date): Date {
  return new Date(from.getTime() + REFRESH_LIFETIME_SECONDS * 1000)
}

function sessionEnded(): AppError {
  return new AppError('unauthenticated', 'request.session_ended', 'This session was ended. Sign in again.')
}
