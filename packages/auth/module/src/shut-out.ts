import type { Tx } from '@lightpress/kernel'
import { revokeKeysMadeBy } from './api-keys.ts'
import { cancelRecoveryOf } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { holdAccount } from './hold-account.ts'
import type { Revoked } from './revocations.ts'
import { endSessionsOf } from './sessions.ts'
import { settleTicketsOf } from './tickets.ts'

/**
 * Ends what a person has, the keys that they made and what they have begun: it must not go on when they may come in
 * again. What this answers is for `revoke`.
 */
export async function shutOut(
  tx: Tx,
  { userId, actorId }: { userId: string; actorId: string | null },
  ctx: AuthContext,
): Promise<Revoked[]> {
  const { revoked } = await endSessionsOf(tx, userId)
  const own = await holdAccount(tx, userId)
  if (own) await settleTicketsOf(tx, own)
  await cancelRecoveryOf(tx, { userId }, ctx)
  return [...revoked, ...(await revokeKeysMadeBy(tx, { userId, actorId }, ctx))]
}
