import type { SecondFactor, SignInMethod } from '@lightpress/auth-contract'
import type { Db, Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, isNull, sql } from 'drizzle-orm'
import { record } from './audit.ts'
import { noteSecondFactor } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { holdAccount } from './hold-account.ts'
import type { Account } from './own-account.ts'
import { session } from './schema.ts'
import { secondFactorsOf } from './second-factors.ts'
import { sessionEnded, type SessionFacts } from './sessions.ts'

/** What a person has proved once more, within a session of theirs. */
export interface SessionProof {
  /** As it was when it was proved. */
  account: Account
  sessionId: string
  /** One factor, which is not enough for whoever has a second one. */
  method?: SignInMethod
  factor?: SecondFactor
  /** Uses up what the proof consisted of, under the account's lock; throws where somebody else was faster. */
  settle?: (tx: Tx) => Promise<void>
}

/** The one way to a recent proof: the session, if it is open and theirs, is one in which they proved themself just now. */
export async function proveSession(tx: Tx, proof: SessionProof, ctx: AuthContext): Promise<SessionFacts> {
  const { account, sessionId, method, factor, settle } = proof
  const { userId } = account
  const current = await holdAccount(tx, userId)
  if (current?.sessionVersion !== account.sessionVersion) throw sessionEnded()
  await settle?.(tx)
  if (factor === undefined) await requireOneFactorToDo(tx, userId)
  else await noteSecondFactor(tx, userId, ctx)
  const [proved] = await tx
    .update(session)
    // The transaction may have waited for somebody else's.
    .set({ authenticatedAt: sql`clock_timestamp()` })
    .where(
      and(
        eq(session.id, sessionId),
        eq(session.userId, userId),
        isNull(session.impersonatorId),
        isNull(session.endedAt),
      ),
    )
    .returning({
      sessionId: session.id,
      authenticatedAt: session.authenticatedAt,
      impersonatorId: session.impersonatorId,
    })
  if (!proved) throw sessionEnded()
  const by = { ...(method !== undefined && { method }), factor }
  await record(tx, { action: 'stepped_up', userId, actorId: userId, sessionId, ...by }, ctx)
  return proved
}

/** Whoever has a second factor must prove that: a password may be known to others, or be in the browser. */
export async function requireOneFactorToDo(db: Db | Tx, userId: string): Promise<void> {
  if ((await secondFactorsOf(db, userId)).length === 0) return
  throw new AppError('forbidden', 'auth.second_factor_required', 'Prove who you are by your second factor.')
}
