import { identityOf, type RawHttp } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { isOpen, wasRefreshedLately } from './open-sessions.ts'
import { account, session } from './schema.ts'
import { readUserIn } from './session-user.ts'
import { grantAccess, refreshFirst, sessionEnded } from './sessions.ts'

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
    .select({ sessionVersion: account.sessionVersion, session, refreshed: wasRefreshedLately() })
    .from(session)
    .innerJoin(account, eq(account.userId, session.userId))
    .where(and(eq(session.id, sessionId), isOpen()))
  if (!live) throw sessionEnded()
  if (!live.refreshed) throw refreshFirst()
  const user = await readUserIn({ userId, organizationId }, ctx)
  if (!user?.role) throw new AppError('not_found', 'auth.not_a_member', 'You are in no such organisation.')
  await ctx.withTx(async (tx) => {
    const [current] = await tx
      .select({ organizationId: session.organizationId })
      .from(session)
      .where(and(eq(session.id, sessionId), isOpen()))
      .for('no key update')
    if (!current) throw sessionEnded()
    if (current.organizationId === organizationId) return
    await tx.update(session).set({ organizationId }).where(eq(session.id, sessionId))
    await record(tx, { action: 'organization_switched', userId, organizationId }, ctx)
  })
  const granted = await grantAccess(
    { session: { sessionId, ...live.session }, sessionVersion: live.sessionVersion, user },
    ctx,
  )
  return answerWith(granted, { mode: modeOf(request), reply, publicUrl: ctx.publicUrl })
}
