import type { AuditAction } from '@lightpress/auth-contract'
import { defineJob, enqueue, on, summarizeError, type Tx } from '@lightpress/kernel'
import type { Payload } from '@lightpress/protocol'
import { accessChanged } from '@lightpress/users-contract'
import { z } from 'zod'
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
 * must end nothing. Where users is not there to say how it is by now, that is promised.
 */
export const onAccessChanged = on(accessChanged, {
  async prepare({ payload: { userId } }, ctx: AuthContext) {
    try {
      return await readStanding(userId, ctx)
    } catch (error) {
      ctx.log.warn({ userId, error: summarizeError(error) }, 'a change of access takes effect later, by a job')
      return null
    }
  },

  async handle({ payload: { userId, change, actorId } }, { tx, prepared: standing }, ctx: AuthContext) {
    const action = actions[change]
    if (action) await record(tx, { action, userId, actorId }, ctx)
    if (standing) await follow(tx, { userId, actorId, standing }, ctx)
    else await enqueue(tx, followPerson, { payload: { userId, actorId } })
  },
})

/** Until it is done: nothing else ends the API keys that somebody made who was shut out. */
export const followPerson = defineJob(
  'follow-person',
  z.object({ userId: z.uuid(), actorId: z.uuid().nullable() }),
  async ({ userId, actorId }, ctx: AuthContext) => {
    const standing = await readStanding(userId, ctx)
    await ctx.withTx((tx) => follow(tx, { userId, actorId, standing }, ctx))
  },
  { untilDone: true },
)

/** As users says it is by now. */
interface Standing {
  mayComeIn: boolean
  operator: boolean
}

async function readStanding(userId: string, ctx: AuthContext): Promise<Standing> {
  const { user } = await ctx.calls.users.readPrincipal({ userId, organizationId: null })
  return { mayComeIn: user !== null && !user.suspended, operator: user?.operator === true }
}

/**
 * Whoever stays in must renew their access tokens, because those say what they may do. Nobody acts as somebody else who is
 * no operator any more, and nobody as one who is: so whoever renews such a session need not ask.
 */
async function follow(
  tx: Tx,
  { userId, actorId, standing }: { userId: string; actorId: string | null; standing: Standing },
  ctx: AuthContext,
): Promise<void> {
  const { mayComeIn, operator } = standing
  const revoked = mayComeIn ? await raiseVersion(tx, userId) : await shutOut(tx, { userId, actorId }, ctx)
  const acting = operator ? await closeImpersonationsOf(tx, userId) : await closeImpersonationsBy(tx, userId)
  await revoke(tx, [...revoked, ...acting], ctx)
}
