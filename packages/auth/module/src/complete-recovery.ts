import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { and, eq, lte, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import type { AuthContext, Ops } from './context.ts'
import { refuseOtherSites } from './cookies.ts'
import { links, takeForNetwork } from './limits.ts'
import { parseLinkToken, tokenInvalid } from './links.ts'
import { findRecoverer, holdRecoverer } from './recovery-proof.ts'
import { isWaiting } from './recovery.ts'
import { removeFactors } from './remove-factors.ts'
import { revoke } from './revocations.ts'
import { recovery } from './schema.ts'
import { redeemTicket } from './tickets.ts'

/**
 * By the link of the second mail and a first factor that was proved just now: the mailbox is still theirs, and so is
 * the other. It opens nothing; whoever completes it signs in again, with what is left.
 */
export async function completeRecovery(
  { input, request }: RawHttp<Ops['completeRecovery']>,
  ctx: AuthContext,
): Promise<Output<Ops['completeRecovery']>> {
  refuseOtherSites(request, ctx)
  await takeForNetwork(links, ctx)
  const id = parseLinkToken('recovery-complete-token', input.token, ctx.secrets)
  if (id === undefined) throw linkInvalid()
  const proved = await findRecoverer(input.challenge, { request }, ctx)
  const { userId } = proved.account
  await ctx.withTx(async (tx) => {
    await holdRecoverer(tx, proved)
    const completed = await tx
      .update(recovery)
      .set({ settledAt: sql`now()`, completedAt: sql`now()` })
      .where(and(eq(recovery.id, id), eq(recovery.userId, userId), isWaiting(), isDue()))
      .returning({ id: recovery.id })
    if (completed.length === 0) throw linkInvalid()
    await redeemTicket(tx, proved.ticket)
    const revoked = await removeFactors(tx, proved.account)
    await recordAndAlert(tx, { action: 'recovery_completed', userId }, ctx)
    await revoke(tx, revoked, ctx)
  })
  return { status: 'factors_removed' }
}

function isDue() {
  return lte(recovery.availableAt, sql`clock_timestamp()`)
}

function linkInvalid() {
  return tokenInvalid('Perhaps the recovery was given up, or its time is over. Sign in to ask for another one.')
}
