import type { AuditAction } from '@lightpress/auth-contract'
import { on } from '@lightpress/kernel'
import type { Payload } from '@lightpress/protocol'
import { accessChanged } from '@lightpress/users-contract'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import { closeImpersonationsBy, closeImpersonationsOf } from './impersonated-sessions.ts'
import { revoke } from './revocations.ts'
import { raiseVersion } from './sessions.ts'
import { shutOut } from './shut-out.ts'

/** What is written down of each change; of a role nothing, because that is in the log of the organisation. */
const actions: Record<Payload<typeof accessChanged>['change'], AuditAction | null> = {
  suspended: 'access_suspended',
  restored: 'access_restored',
  removed: 'access_removed',
  role: null,
  operator_granted: 'operator_granted',
  operator_revoked: 'operator_revoked',
}

/**
 * Writes down what happened, and acts on what is true by now: events come in any order, and a suspension that is over
 * must end nothing. Whoever stays in must renew their access tokens, because those say what they may do. Nobody acts as
 * somebody else who is no operator any more, and nobody as one who is: so whoever renews such a session need not ask.
 */
export const onAccessChanged = on(accessChanged, {
  async prepare({ payload: { userId } }, ctx: AuthContext) {
    const { user } = await ctx.calls.users.readPrincipal({ userId, organizationId: null })
    return { mayComeIn: user !== null && !user.suspended, operator: user?.operator === true }
  },

  async handle({ payload: { userId, change, actorId } }, { tx, prepared }, ctx: AuthContext) {
    const action = actions[change]
    if (action) await record(tx, { action, userId, actorId }, ctx)
    const { mayComeIn, operator } = prepared
    const revoked = mayComeIn ? await raiseVersion(tx, userId) : await shutOut(tx, { userId, actorId }, ctx)
    const acting = operator ? await closeImpersonationsOf(tx, userId) : await closeImpersonationsBy(tx, userId)
    await revoke(tx, [...revoked, ...acting], ctx)
  },
})
