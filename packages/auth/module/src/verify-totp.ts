import type { RawHttp } from '@lightpress/kernel'
import type { Output } from '@lightpress/protocol'
import { and, eq, isNotNull, lt } from 'drizzle-orm'
import { stepOf } from './authenticator.ts'
import { codeWrong, type CodeAttempt, type TypedCode } from './codes.ts'
import type { AuthContext, Ops } from './context.ts'
import { findBegun, finishSignIn } from './finish-sign-in.ts'
import { totp } from './schema.ts'
import { openTotp } from './totp.ts'

export async function verifyTotp(
  http: RawHttp<Ops['verifyTotp']>,
  ctx: AuthContext,
): Promise<Output<Ops['verifyTotp']>> {
  const { challenge, code, mode } = http.input
  const begun = await findBegun(challenge, http, ctx)
  const attempt = tryTotp({ userId: begun.account.userId, code, path: 'code' }, ctx)
  return finishSignIn(begun, { ...attempt, mode }, http, ctx)
}

/** Of which secret a code was, and of which time step. */
interface Matched {
  sealedSecret: string
  step: number
}

/** A guess at a code of the app that is in force. Each is good once, and none that is older (RFC 6238, 5.2). */
export function tryTotp({ userId, code, path }: TypedCode, ctx: AuthContext): CodeAttempt<Matched> {
  const wrong = codeWrong(path)
  return {
    factor: 'totp',
    wrong,
    check: () => match(userId, code, ctx),
    settle: async (tx, { sealedSecret, step }) => {
      const used = await tx
        .update(totp)
        .set({ lastStep: step })
        // The same app still, and nobody was faster.
        .where(and(eq(totp.userId, userId), eq(totp.sealedSecret, sealedSecret), lt(totp.lastStep, step)))
        .returning({ userId: totp.userId })
      if (used.length === 0) throw wrong
    },
  }
}

async function match(userId: string, code: string, ctx: AuthContext): Promise<Matched | null> {
  const [app] = await ctx.db
    .select()
    .from(totp)
    .where(and(eq(totp.userId, userId), isNotNull(totp.confirmedAt)))
  if (!app?.sealedSecret || app.lastStep === null) return null
  const { sealedSecret, lastStep } = app
  const step = stepOf(code, openTotp(userId, sealedSecret, ctx), Date.now())
  return step !== null && step > lastStep ? { sealedSecret, step } : null
}
