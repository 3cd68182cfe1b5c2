import { identityOf, stepUpRequired, type RawHttp } from '@lightpress/kernel'
import { AppError, isRecent, type Output } from '@lightpress/protocol'
import { recordAndAlert } from './audit.ts'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { rememberDevice } from './device-cookie.ts'
import { replacePassword } from './new-password.ts'
import { holdOwnAccount, requireOwnPassword } from './own-account.ts'
import { isSamePassword } from './passwords.ts'
import { markReplaced } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { secondFactorsOf } from './second-factors.ts'
import { grantAccess, openSession, sessionEnded } from './sessions.ts'
import { readSessionUser } from './session-user.ts'

/**
 * No token from before is good after it, neither of other sessions nor of the one that asks: that may be stolen, too.
 * Whoever asks goes on in a new one, and a browser stays one that they trust. What can go wrong elsewhere goes wrong
 * before the password is another.
 */
export async function changePassword(
  { input, request, reply }: RawHttp<Ops['changePassword']>,
  ctx: AuthContext,
): Promise<Output<Ops['changePassword']>> {
  const { userId, sessionId, organizationId, authenticatedAt } = identityOf(ctx)
  const { currentPassword, newPassword } = input
  await requireSecondFactorLately(ctx)
  const own = await requireOwnPassword({ password: currentPassword, path: 'currentPassword' }, ctx)
  requireAnother(newPassword, currentPassword)
  // The role is read after the version that must still hold below, so the token is not newer than its role.
  const user = await readSessionUser({ userId, organizationId }, ctx)
  if (!user) throw sessionEnded()
  await requireUncommon(newPassword, { path: 'newPassword', about: [own.email, user.name] })
  const passwordHash = await ctx.passwords.hash(newPassword, ctx.signal)

  const opened = await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    const { sessionVersion, revoked } = await replacePassword(tx, own, passwordHash, ctx)
    // A password proves one factor: for whoever has two the proof of before goes on, and is no newer.
    const guarded = (await secondFactorsOf(tx, userId)).length > 0
    const proved = guarded ? { authenticatedAt: new Date(authenticatedAt * 1_000) } : {}
    const opened = await openSession(tx, { userId, organizationId: user.organizationId, ...proved }, ctx)
    await markReplaced(tx, { sessionId, by: opened.sessionId })
    await recordAndAlert(tx, { action: 'password_changed', userId }, ctx)
    await revoke(tx, revoked, ctx)
    return { ...opened, sessionVersion }
  })
  const { refreshToken } = opened
  const granted = await grantAccess({ session: opened, sessionVersion: opened.sessionVersion, user }, ctx)
  const mode = modeOf(request)
  if (mode === 'cookie') rememberDevice({ request, reply }, { userId, passwordHash }, ctx)
  return answerWith({ ...granted, refreshToken }, { mode, reply, publicUrl: ctx.publicUrl })
}

/** The password that is asked for proves one factor: whoever has two must have proved the other just now as well. */
async function requireSecondFactorLately(ctx: AuthContext): Promise<void> {
  const identity = identityOf(ctx)
  if (isRecent(identity)) return
  if ((await secondFactorsOf(ctx.db, identity.userId)).length > 0) throw stepUpRequired()
}

function requireAnother(newPassword: string, currentPassword: string): void {
  if (!isSamePassword(newPassword, currentPassword)) return
  const message = 'This is the password that you have. Choose another one.'
  throw new AppError('invalid', 'request.invalid', message, { errors: [{ path: 'newPassword', message }] })
}
