import { cookieNames, identityOf, type RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { clearSessionCookies } from './cookies.ts'
import { endPresented } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { endOneSession } from './sessions.ts'

/**
 * Leaves nobody signed in. An operator who acts as somebody else in a browser is signed out themself, too: their own
 * session is the one that the browser would go on with. To go on with it they end the impersonation instead.
 */
export async function signOut(
  { request, reply }: RawHttp<Ops['signOut']>,
  ctx: AuthContext,
): Promise<Output<Ops['signOut']>> {
  const { sessionId, userId, impersonatorId } = identityOf(ctx)
  await ctx.withTx(async (tx) => {
    const own = await endOneSession(tx, sessionId)
    if (own) await record(tx, { action: impersonatorId === null ? 'signed_out' : 'impersonation_ended', userId }, ctx)
    const kept = request.cookies[cookieNames(ctx.publicUrl).operator]
    const operators = await endPresented(tx, kept, ctx)
    await revoke(tx, [...(own ?? []), ...(operators?.revoked ?? [])], ctx)
  })
  clearSessionCookies({ reply, publicUrl: ctx.publicUrl })
  return { status: 'signed_out' }
}
