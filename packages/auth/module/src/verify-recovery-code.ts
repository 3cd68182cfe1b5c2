import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { recordAndAlert } from './audit.ts'
import { codeWrong, type CodeAttempt, type TypedCode } from './codes.ts'
import type { AuthContext, Ops } from './context.ts'
import { findBegun, finishSignIn } from './finish-sign-in.ts'
import { parseRecoveryCode } from './recovery-codes.ts'
import { recoveryCode } from './schema.ts'

export async function verifyRecoveryCode(
  http: RawHttp<Ops['verifyRecoveryCode']>,
  ctx: AuthContext,
): Promise<Output<Ops['verifyRecoveryCode']>> {
  const { challenge, code, mode } = http.input
  const begun = await findBegun(challenge, http, ctx)
  const attempt = tryRecoveryCode({ userId: begun.account.userId, code, path: 'code' }, ctx)
  return finishSignIn(begun, { ...attempt, mode }, http, ctx)
}

/** A guess at a recovery code, which is used up by it; the person is told, because codes are for when all else is lost. */
export function tryRecoveryCode({ userId, code, path }: TypedCode, ctx: AuthContext): CodeAttempt<string> {
  const wrong = codeWrong(path)
  return {
    factor: 'recovery_code',
    wrong,
    check: () => findHash(userId, code, ctx),
    settle: async (tx, hash) => {
      const used = await tx
        .update(recoveryCode)
        .set({ usedAt: sql`now()` })
        .where(and(isUnused(userId), eq(recoveryCode.hash, hash)))
        .returning({ hash: recoveryCode.hash })
      if (used.length === 0) throw wrong
      await recordAndAlert(tx, { action: 'recovery_code_used', userId, actorId: userId }, ctx)
    },
  }
}

/** Of the code, if it is one of theirs that is left. All have one salt, so it is hashed once. */
async function findHash(userId: string, typed: string, ctx: AuthContext): Promise<string | null> {
  const code = parseRecoveryCode(typed)
  const left = await ctx.db.select({ hash: recoveryCode.hash }).from(recoveryCode).where(isUnused(userId))
  if (code === undefined || !left[0]) return null
  const hash = await ctx.passwords.hashAs(left[0].hash, code, ctx.signal)
  return left.some((one) => one.hash === hash) ? hash : null
}

function isUnused(userId: string) {
  return and(eq(recoveryCode.userId, userId), isNull(recoveryCode.usedAt))
}
