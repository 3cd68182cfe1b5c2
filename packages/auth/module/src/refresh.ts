import type { SignedIn } from '@lightpress/auth-contract'
import { cookieNames, requireSameOrigin, type RawHttp, type Tx } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { eq } from 'drizzle-orm'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, clearSessionCookies, forgetOperator, isBrowser, type Mode } from './cookies.ts'
import { refreshes, take, takeForNetwork } from './limits.ts'
import { revoke } from './revocations.ts'
import { account, refreshToken as tokens, session } from './schema.ts'
import { hashOf } from './secrets.ts'
import { endOneSession, grantAccess } from './sessions.ts'
import { readSessionUser } from './session-user.ts'
import { SWITCHED, tradeToken } from './trade-token.ts'

/**
 * Answers in the way it was asked: a token in the body with tokens in the body, a cookie with cookies. In a browser in
 * which an operator acted as somebody else, and that is over, their own session goes on.
 */
export async function refreshToken(
  { input, request, reply }: RawHttp<Ops['refreshToken']>,
  ctx: AuthContext,
): Promise<Output<Ops['refreshToken']>> {
  const mode: Mode = input.refreshToken === undefined ? 'cookie' : 'token'
  const names = cookieNames(ctx.publicUrl)
  const cookie = request.cookies[names.refresh]
  if (mode === 'cookie' && cookie === undefined && !isBrowser(request)) throw tokenMissing()
  // Also without a cookie, because the answer takes cookies away.
  if (mode === 'cookie') requireSameOrigin(request, ctx)

  const answer = { mode, reply, publicUrl: ctx.publicUrl }
  const renewed = await renew(input.refreshToken ?? cookie, ctx)
  if (renewed) return answerWith(renewed, answer)
  const resumed = mode === 'cookie' ? await renew(request.cookies[names.operator], ctx) : null
  if (resumed) {
    forgetOperator({ request, reply }, ctx.publicUrl)
    return answerWith(resumed, answer)
  }
  // Only now: strangers behind the same address must not keep a session from being renewed.
  await takeForNetwork(refreshes.network, ctx)
  if (mode === 'cookie') clearSessionCookies(answer)
  throw new AppError('unauthenticated', 'auth.refresh_token_invalid', 'Your session is over. Sign in again.')
}

/** No browser, which would say whence it comes: a program that forgot what to send. */
function tokenMissing(): AppError {
  const message = 'Send the refresh token.'
  return new AppError('invalid', 'request.invalid', message, { errors: [{ path: 'refreshToken', message }] })
}

/** Null when the token keeps no session alive (any more). */
async function renew(presented: string | undefined, ctx: AuthContext): Promise<SignedIn | null> {
  if (presented === undefined) return null
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
      ? tradeToken(tx, { presented, sessionId, before, organizationId: user.organizationId }, ctx)
      : end(tx, sessionId, ctx),
  )
  if (successor === SWITCHED) return renew(presented, ctx)
  if (!user || !successor) return null
  return { ...(await grantAccess({ session: family, sessionVersion, user }, ctx)), refreshToken: successor }
}

async function end(tx: Tx, sessionId: string, ctx: AuthContext): Promise<null> {
  await revoke(tx, (await endOneSession(tx, sessionId)) ?? [], ctx)
  return null
}
