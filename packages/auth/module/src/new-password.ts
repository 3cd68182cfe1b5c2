import type { Tx } from '@lightpress/kernel'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { cancelRecoveryOf } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { cancelChangeOf } from './email-change.ts'
import { closeImpersonationsBy } from './impersonated-sessions.ts'
import type { Account } from './own-account.ts'
import type { Revoked } from './revocations.ts'
import { account, passwordReset } from './schema.ts'
import { closeSessionsOf } from './sessions.ts'
import { settleTicketsOf } from './tickets.ts'

/**
 * Gives an account that the caller holds another password, and ends whatever somebody may have who knew the old one:
 * every session, links to reset it or to sign in, a sign-in half done, a change of address or a recovery that waits. The
 * new version refuses a sign-in with the old password that is under way; what this answers as `revoked` is for `revoke`,
 * last in the transaction.
 */
export async function replacePassword(
  tx: Tx,
  { userId, emailKey }: Pick<Account, 'userId' | 'emailKey'>,
  passwordHash: string,
  ctx: AuthContext,
): Promise<{ sessionVersion: number; revoked: Revoked[] }> {
  const [raised] = await tx
    .update(account)
    .set({ passwordHash, sessionVersion: sql`${account.sessionVersion} + 1` })
    .where(eq(account.userId, userId))
    .returning({ userId: account.userId, minimumVersion: account.sessionVersion })
  if (!raised) throw new TypeError('There is no account to give a password to')
  await closeSessionsOf(tx, userId, {})
  const acting = await closeImpersonationsBy(tx, userId)
  await settleResetsOf(tx, emailKey)
  await settleTicketsOf(tx, { userId, emailKey })
  await cancelChangeOf(tx, userId, ctx)
  await cancelRecoveryOf(tx, { userId }, ctx)
  return { sessionVersion: raised.minimumVersion, revoked: [raised, ...acting] }
}

/** The links that were mailed to an address are worth nothing from then on. */
export async function settleResetsOf(tx: Tx, emailKey: string): Promise<void> {
  await tx
    .update(passwordReset)
    .set({ settledAt: sql`now()` })
    .where(and(eq(passwordReset.emailKey, emailKey), isNull(passwordReset.settledAt)))
}
