import type { StepUpProof } from '@lightpress/auth-contract'
import { identityOf, type RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import type { CodeAttempt } from './codes.ts'
import type { AuthContext, Ops } from './context.ts'
import { guessFactor } from './finish-sign-in.ts'
import { requireOwnPassword } from './own-account.ts'
import { readOwnSession } from './own-session.ts'
import { provePasskeyStepUp } from './passkey-step-up.ts'
import { requireOneFactorToDo, stepUpIn, type SessionProof } from './prove-session.ts'
import { tryRecoveryCode } from './verify-recovery-code.ts'
import { tryTotp } from './verify-totp.ts'

type Http = RawHttp<Ops['stepUp']>

export async function stepUp(http: Http, ctx: AuthContext): Promise<Output<Ops['stepUp']>> {
  const own = await readOwnSession(ctx)
  const proof = await prove(http.input.proof, http, ctx)
  return stepUpIn(own, proof, http, ctx)
}

/** By what was proved who it is, or a refusal. */
async function prove(proof: StepUpProof, http: Http, ctx: AuthContext): Promise<SessionProof> {
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

async function proveByCode<T>(attempt: CodeAttempt<T>, ctx: AuthContext): Promise<SessionProof> {
  const { userId, sessionId } = identityOf(ctx)
  const proved = await guessFactor(userId, { ...attempt, trusted: sessionId }, ctx)
  return { factor: attempt.factor, settle: (tx) => attempt.settle(tx, proved) }
}
