import { newId, type RawHttp, type Tx } from '@lightpress/kernel'
import { and, eq, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext } from './context.ts'
import { notLinked } from './oidc.ts'
import { CLOCKS_DIFFER } from './oidc-client.ts'
import type { Outcome } from './oidc-pages.ts'
import type { Visitor } from './oidc-sign-in.ts'
import { holdOwnAccount, readOwnAccount } from './own-account.ts'
import { readOwnSession } from './own-session.ts'
import { stepUpIn } from './prove-session.ts'
import { linkedSignIn } from './schema.ts'

/** Links a sign-in to the account of whoever is signed in. It takes no address: both are proved, here and there. */
export async function linkTo(who: Visitor, ctx: AuthContext): Promise<Outcome> {
  const { provider, issuer, subject, email } = who
  const own = await readOwnAccount(ctx)
  const { userId } = own
  return ctx.withTx(async (tx) => {
    await holdOwnAccount(tx, own, ctx)
    const linked = await tx
      .insert(linkedSignIn)
      .values({ id: newId(), userId, provider, issuer, subject, email })
      .onConflictDoNothing()
      .returning({ id: linkedSignIn.id })
    if (linked.length > 0) await recordAndAlert(tx, { action: 'sign_in_linked', userId }, ctx)
    else if (!(await touch(tx, who, userId))) return { problem: 'already_linked' }
    return 'done'
  })
}

/** For whoever has no second factor: a linked sign-in, proved anew, is a recent proof in this session. */
export async function stepUpBy(
  who: Visitor,
  { since }: { since: Date },
  http: Pick<RawHttp, 'request' | 'reply'>,
  ctx: AuthContext,
): Promise<Outcome> {
  // The provider was told to ask them anew, and says that it did not.
  if (who.authTime !== undefined && who.authTime * 1_000 < since.getTime() - CLOCKS_DIFFER * 1_000)
    return { problem: 'provider_failed' }
  const own = await readOwnSession(ctx)
  const settle = async (tx: Tx) => {
    if (!(await touch(tx, who, own.account.userId))) throw notLinked()
  }
  await stepUpIn(own, { method: 'oidc', settle }, http, ctx)
  return 'done'
}

/** Notes that it was used. False where it is not this person's. */
async function touch(tx: Tx, { issuer, subject, email }: Visitor, userId: string): Promise<boolean> {
  const touched = await tx
    .update(linkedSignIn)
    .set({ lastUsedAt: sql`now()`, ...(email !== null && { email }) })
    .where(and(eq(linkedSignIn.issuer, issuer), eq(linkedSignIn.subject, subject), eq(linkedSignIn.userId, userId)))
    .returning({ id: linkedSignIn.id })
  return touched.length > 0
}
