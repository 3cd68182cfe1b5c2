import type { StepUpProof } from '@lightpress/auth-contract'
import { identityOf, type RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { and, eq, isNull } from 'drizzle-orm'
import type { CodeAttempt } from './codes.ts'
import type { AuthContext, Ops } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { guessFactor } from './finish-sign-in.ts'
import { readOwnAccount, requireOwnPassword } from './own-account.ts'
import { provePasskeyStepUp } from './passkey-step-up.ts'
import { proveSession, requireOneFactorToDo, type SessionProof } from './prove-session.ts'
import { session } from './schema.ts'
import { readSessionUser } from './session-user.ts'
import { grantAccess, sessionEnded } from './sessions.ts'
import { tryRecoveryCode } from './verify-recovery-code.ts'
import { tryTotp } from './verify-totp.ts'

type Http = RawHttp<Ops['stepUp']>

/** The refresh token that the caller holds stays good, and what it is traded for knows of the proof as well. */
export async function stepUp(http: Http, ctx: AuthContext): Promise<Output<Ops['stepUp']>> {
  const { input, request, reply } = http
  const { userId, sessionId } = identityOf(ctx)
  // The role is read after the version that must still hold below, so the token is not newer than its role.
  const account = await readOwnAccount(ctx)
  const user = await readSessionUser({ userId, organizationId: await readOrganization(sessionId, ctx) }, ctx)
  if (!user) throw sessionEnded()
  const proved = await prove(input.proof, http, ctx)
  const facts = await ctx.withTx((tx) => proveSession(tx, { account, sessionId, ...proved }, ctx))
  const granted = await grantAccess({ session: facts, sessionVersion: account.sessionVersion, user }, ctx)
  return answerWith(granted, { mode: modeOf(request), reply, publicUrl: ctx.publicUrl })
}

type Proved = Pick<SessionProof, 'method' | 'factor' | 'settle'>

/** By what was proved who it is, or a refusal. */
async function prove(proof: StepUpProof, http: Http, ctx: AuthContext): Promise<Proved> {
  const { userId } = identityOf(ctx)
  switch (proof.kind) {
    case 'password':
      // Before it is tried: a session must not serve to find out a password that is not enough anyway.
      await requireOneFactorToDo(ctx.db, userId)
      await requireOwnPassword({ password: proof.password, path: 'proof.password' }, ctx)
      return { method: 'password' }
    case 'totp':
      return proveByCode(tryTotp({ userId, code: proof.code, path: 'proof.code' }, ctx), ctx)
    case 'recovery_code':
      return proveByCode(tryRecoveryCode({ userId, code: proof.code, path: 'proof.code' }, ctx), ctx)
    case 'passkey':
      return { factor: 'passkey', ...(await provePasskeyStepUp(proof, http, ctx)) }
  }
}

async function proveByCode<T>(attempt: CodeAttempt<T>, ctx: AuthContext): Promise<Proved> {
  const { userId, sessionId } = identityOf(ctx)
  const proved = await guessFactor(userId, { ...attempt, trusted: sessionId }, ctx)
  return { factor: attempt.factor, settle: (tx) => attempt.settle(tx, proved) }
}

/** The one that the session is in: it may be another than its token says. */
async function readOrganization(sessionId: string, ctx: AuthContext): Promise<string | null> {
  const [open] = await ctx.db
    .select({ organizationId: session.organizationId })
    .from(session)
    .where(and(eq(session.id, sessionId), isNull(session.endedAt)))
  if (!open) throw sessionEnded()
  return open.organizationId
}
