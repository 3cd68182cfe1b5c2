import { ConfigError, type Command } from '@lightpress/kernel'
import { EmailAddress, emailKey } from '@lightpress/protocol'
import { findOwner } from './address-owner.ts'
import { recordAndAlert } from './audit.ts'
import { cancelRecoveryOf } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { removeFactors } from './remove-factors.ts'
import { revoke } from './revocations.ts'

/**
 * For whoever cannot recover by themself, and has shown in another way who they are: see
 * `docs/decisions/0011-losing-every-factor.md`. The person is told as of a recovery, and why stands in the audit log.
 */
export const resetFactorsByHand: Command<AuthContext> = {
  name: 'factors reset',
  summary: 'Takes every second factor of the person with this address away; say how they proved who they are.',
  async run({ args: [address, ...why] }, ctx) {
    const email = EmailAddress.safeParse(address)
    const note = why.join(' ').trim()
    if (!email.success || note === '') throw usage()
    const owner = await findOwner(ctx.db, emailKey(email.data))
    if (!owner) throw new ConfigError(`Nobody has the address ${email.data}.`)
    const { userId } = owner
    await ctx.withTx(async (tx) => {
      await holdAccount(tx, userId)
      await cancelRecoveryOf(tx, { userId }, ctx)
      const revoked = await removeFactors(tx, owner)
      await recordAndAlert(tx, { action: 'recovery_completed', userId, note }, ctx)
      await revoke(tx, revoked, ctx)
    })
    return `The second factors of ${owner.email} were taken away, and all their sessions ended.`
  },
}

function usage(): ConfigError {
  return new ConfigError('Usage: factors reset <email> <how they proved who they are>')
}
