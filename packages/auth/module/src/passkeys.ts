import { identityOf } from '@lightpress/kernel'
import { AppError, type Input, type Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { dropRecoveryCodesOfNoFactor } from './recovery-codes.ts'
import { passkey } from './schema.ts'
import { describePasskey } from './stored-passkeys.ts'

export async function renamePasskey(
  { id, name }: Input<Ops['renamePasskey']>,
  ctx: AuthContext,
): Promise<Output<Ops['renamePasskey']>> {
  const [renamed] = await ctx.db.update(passkey).set({ name }).where(isOwn(id, ctx)).returning()
  if (!renamed) throw new AppError('not_found', 'auth.passkey_not_found', 'You have no such passkey.')
  return describePasskey(renamed)
}

/** The same answer for one that is gone, or was never theirs. */
export async function removePasskey(
  { id }: Input<Ops['removePasskey']>,
  ctx: AuthContext,
): Promise<Output<Ops['removePasskey']>> {
  const own = await readOwnAccount(ctx)
  const { userId } = own
  await ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    const removed = await tx.delete(passkey).where(isOwn(id, ctx)).returning({ id: passkey.id })
    if (removed.length === 0) return
    await dropRecoveryCodesOfNoFactor(tx, userId)
    await recordAndAlert(tx, { action: 'passkey_removed', userId, factor: 'passkey' }, ctx)
  })
  return { status: 'removed' }
}

function isOwn(id: string, ctx: AuthContext) {
  return and(eq(passkey.id, id), eq(passkey.userId, identityOf(ctx).userId))
}
