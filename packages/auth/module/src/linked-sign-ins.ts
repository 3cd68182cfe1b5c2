import type { Input, Output } from '@lightpress/protocol'
import { and, eq } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { linkedSignIn } from './schema.ts'

/** The last one may go, too: a link to sign in with, or to choose a password by, can always be mailed. */
export async function unlinkSignIn(
  { id }: Input<Ops['unlinkSignIn']>,
  ctx: AuthContext,
): Promise<Output<Ops['unlinkSignIn']>> {
  const own = await readOwnAccount(ctx)
  const { userId } = own
  await ctx.withTx(async (tx) => {
    // A sign-in by it that is under way has the account: it is in before, or it is refused.
    await holdOwnAccount(tx, own, ctx)
    const unlinked = await tx
      .delete(linkedSignIn)
      .where(and(eq(linkedSignIn.id, id), eq(linkedSignIn.userId, userId)))
      .returning({ id: linkedSignIn.id })
    if (unlinked.length > 0) await recordAndAlert(tx, { action: 'sign_in_unlinked', userId }, ctx)
  })
  return { status: 'unlinked' }
}
