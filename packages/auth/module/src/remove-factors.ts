import type { Tx } from '@lightpress/kernel'
import { eq } from 'drizzle-orm'
import type { Account } from './own-account.ts'
import type { Revoked } from './revocations.ts'
import { account, passkey, recoveryCode, totp } from './schema.ts'
import { endSessionsOf } from './sessions.ts'
import { settleTicketsOf } from './tickets.ts'

/**
 * Takes every second factor and the recovery codes away, and ends what was opened or begun with them. First factors
 * stay. The caller holds the account; what this answers is for `revoke`, last in the transaction.
 */
export async function removeFactors(
  tx: Tx,
  { userId, emailKey }: Pick<Account, 'userId' | 'emailKey'>,
): Promise<Revoked[]> {
  // Whoever sets up new factors begins anew, also with what their password is worth.
  await tx.update(account).set({ passwordByMail: false }).where(eq(account.userId, userId))
  const { revoked } = await endSessionsOf(tx, userId)
  for (const factor of [totp, passkey, recoveryCode]) await tx.delete(factor).where(eq(factor.userId, userId))
  await settleTicketsOf(tx, { userId, emailKey })
  return revoked
}
