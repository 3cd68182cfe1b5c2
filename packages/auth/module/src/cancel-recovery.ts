import { identityOf, type Tx } from '@lightpress/kernel'
import type { Input, Output } from '@lightpress/protocol'
import { and, eq, isNull, sql, type SQL } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { links, takeForNetwork } from './limits.ts'
import { parseLinkToken, tokenInvalid } from './links.ts'
import { account, recovery } from './schema.ts'

/** By the link of either mail, on whatever device: for whoever did not ask for it, and cannot or will not sign in. */
export async function cancelRecovery(
  { token }: Input<Ops['cancelRecovery']>,
  ctx: AuthContext,
): Promise<Output<Ops['cancelRecovery']>> {
  await takeForNetwork(links, ctx)
  const id = parseLinkToken('recovery-cancel-token', token, ctx.secrets)
  const [asked] = id === undefined ? [] : await ctx.db.select().from(recovery).where(eq(recovery.id, id))
  if (!asked) throw linkInvalid()
  await ctx.withTx(async (tx) => {
    await holdAccount(tx, asked.userId)
    await cancelWhere(tx, eq(recovery.id, asked.id), { userId: asked.userId }, ctx)
    // Whoever asks too late must not believe that they stopped it.
    const completed = and(eq(recovery.id, asked.id), sql`${recovery.completedAt} is not null`)
    if ((await tx.$count(recovery, completed)) > 0) throw linkInvalid()
  })
  return { status: 'cancelled' }
}

/** From any session: that it is open shows that not all is lost, and the worst it can do is to have them ask again. */
export async function cancelOwnRecovery(
  _input: Input<Ops['cancelOwnRecovery']>,
  ctx: AuthContext,
): Promise<Output<Ops['cancelOwnRecovery']>> {
  const { userId } = identityOf(ctx)
  await ctx.withTx(async (tx) => {
    await holdAccount(tx, userId)
    await cancelRecoveryOf(tx, { userId }, ctx)
  })
  return { status: 'cancelled' }
}

/** Whose recovery, and who gives it up, where that is not who is signed in. */
interface Cancelled {
  userId: string
  actorId?: string
}

/** Gives up the recovery that a person waits for, if there is one. The caller holds the account. */
export async function cancelRecoveryOf(tx: Tx, about: Cancelled, ctx: AuthContext): Promise<void> {
  await cancelWhere(tx, eq(recovery.userId, about.userId), about, ctx)
}

/**
 * For whoever proved a second factor: they have not lost them all, so a recovery is somebody else's wish, or idle; and
 * they are more than whoever has the mailbox. The caller holds the account.
 */
export async function noteSecondFactor(tx: Tx, userId: string, ctx: AuthContext): Promise<void> {
  await cancelRecoveryOf(tx, { userId, actorId: userId }, ctx)
  await tx
    .update(account)
    .set({ passwordByMail: false })
    .where(and(eq(account.userId, userId), eq(account.passwordByMail, true)))
}

async function cancelWhere(tx: Tx, which: SQL, about: Cancelled, ctx: AuthContext): Promise<void> {
  const [settled] = await tx
    .update(recovery)
    .set({ settledAt: sql`now()` })
    .where(and(which, isNull(recovery.settledAt)))
    .returning({ waited: sql<boolean>`${recovery.expiresAt} > clock_timestamp()` })
  // One whose time was over could do nothing any more: then this was no act.
  if (settled?.waited) await record(tx, { action: 'recovery_cancelled', ...about }, ctx)
}

function linkInvalid() {
  return tokenInvalid('Perhaps the recovery is over. Sign in to see how things stand.')
}
