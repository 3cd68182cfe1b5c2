import { identityOf, type RawHttp } from '@lightpress/kernel'
import { AppError, type Output } from '@lightpress/protocol'
import { recordAndAlert } from './audit.ts'
import { requireUncommon } from './common-passwords.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { replacePassword } from './new-password.ts'
import { holdOwnAccount, requireOwnPassword } from './own-account.ts'
import { isSamePassword } from './passwords.ts'
import { revoke } from './revocations.ts'
import { grantAccess, sessionEnded } from './sessions.ts'
import { readSessionUser } from './session-user.ts'

/**
 * The session that asks stays, with its refresh token; its access token goes with all others, so it is answered a new
 * one. What can go wrong elsewhere goes wrong before the password is another.
 */
export async function changePassword(
  { input, request, reply }: RawHttp<Ops['changePassword']>,
  ctx: AuthContext,
): Promise<Output<Ops['changePassword']>> {
  const { userId, sessionId, organizationId } = identityOf(ctx)
  const { currentPassword, newPassword } = input
  const own = await requireOwnPassword({ password: currentPassword, path: 'currentPassword' }, ctx)
  requireAnother(newPassword, currentPassword)
  // The role is read after the version that must still hold below, so the token is not newer than its role.
  const user = await readSessionUser({ userId, organizationId }, ctx)
  if (!user) throw sessionEnded()
  await requireUncommon(newPassword, { path: 'newPassword', about: [own.email, user.name] })
  const passwordHash = await ctx.passwords.hash(newPassword, ctx.signal)

  const sessionVersion = await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    const raised = await replacePassword(tx, own, { passwordHash, keep: sessionId })
    await recordAndAlert(tx, { action: 'password_changed', userId }, ctx)
    await revoke(tx, [raised], ctx)
    return raised.minimumVersion
  })
  const granted = await grantAccess({ sessionId, sessionVersion, user }, ctx)
  return answerWith(granted, { mode: modeOf(request), reply, publicUrl: ctx.publicUrl })
}

function requireAnother(newPassword: string, currentPassword: string): void {
  if (!isSamePassword(newPassword, currentPassword)) return
  const message = 'This is the password that you have. Choose another one.'
  throw new AppError('invalid', 'request.invalid', message, { errors: [{ path: 'newPassword', message }] })
}
