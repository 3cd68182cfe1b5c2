import type { SecondFactor, SignedIn, SignInMethod } from '@lightpress/auth-contract'
import type { Db, RawHttp, Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, isNull } from 'drizzle-orm'
import { record } from './audit.ts'
import { noteSecondFactor } from './cancel-recovery.ts'
import type { AuthContext } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { holdAccount } from './hold-account.ts'
import type { OwnSession } from './own-session.ts'
import { markReplaced } from './replaced-sessions.ts'
import { revoke } from './revocations.ts'
import { session } from './schema.ts'
import { secondFactorsOf } from './second-factors.ts'
import { endOneSession, grantAccess, openSession, sessionEnded, type Opened } from './sessions.ts'

type Http = Pick<RawHttp, 'request' | 'reply'>

/** What a person has proved once more, within a session of theirs. */
export interface SessionProof {
  /** One factor, which is not enough for whoever has a second one. */
  method?: SignInMethod
  factor?: SecondFactor
  /** Uses up what the proof consisted of, under the account's lock; throws where somebody else was faster. */
  settle?: (tx: Tx) => Promise<void>
}

/**
 * The one way to a recent proof: another session, in which they proved themself just now, in place of the one that asks.
 * Whoever else holds tokens of that, stolen from a browser or a log, has nothing of the proof and nothing from then on
 * (ASVS 5.0, 7.2.4). Tabs that ask for more meanwhile: see `replaced-sessions.ts`.
 */
export async function stepUpIn(own: OwnSession, proof: SessionProof, http: Http, ctx: AuthContext): Promise<SignedIn> {
  const opened = await ctx.withTx((tx) => openProved(tx, own, proof, ctx))
  const { account, user } = own
  const granted = await grantAccess({ session: opened, sessionVersion: account.sessionVersion, user }, ctx)
  const { refreshToken } = opened
  const mode = modeOf(http.request)
  return answerWith({ ...granted, refreshToken }, { mode, reply: http.reply, publicUrl: ctx.publicUrl })
}

/** The session that was proved, if the one it takes the place of is theirs and open, and the account as it was. */
export async function openProved(
  tx: Tx,
  { account, facts: { sessionId: before } }: Pick<OwnSession, 'account' | 'facts'>,
  { method, factor, settle }: SessionProof,
  ctx: AuthContext,
): Promise<Opened> {
  const { userId } = account
  const current = await holdAccount(tx, userId)
  if (current?.sessionVersion !== account.sessionVersion) throw sessionEnded()
  await settle?.(tx)
  if (factor === undefined) await requireOneFactorToDo(tx, userId)
  else await noteSecondFactor(tx, userId, ctx)
  const { organizationId, revoked } = await endOwn(tx, { userId, sessionId: before })
  const opened = await openSession(tx, { userId, organizationId }, ctx)
  const { sessionId } = opened
  await markReplaced(tx, { sessionId: before, by: sessionId })
  const by = { ...(method !== undefined && { method }), factor }
  await record(tx, { action: 'stepped_up', userId, actorId: userId, organizationId, sessionId, ...by }, ctx)
  await revoke(tx, revoked, ctx)
  return opened
}

/** Answers the organisation that it was in: somebody may have switched it since it was read. */
async function endOwn(tx: Tx, { userId, sessionId }: { userId: string; sessionId: string }) {
  const [own] = await tx
    .select({ organizationId: session.organizationId })
    .from(session)
    .where(and(eq(session.id, sessionId), eq(session.userId, userId), isNull(session.impersonatorId)))
    .for('update')
  const revoked = own ? await endOneSession(tx, sessionId) : null
  if (!own || revoked === null) throw sessionEnded()
  return { ...own, revoked }
}

/** Whoever has a second factor must prove that: a password may be known to others, or be in the browser. */
export async function requireOneFactorToDo(db: Db | Tx, userId: string): Promise<void> {
  if ((await secondFactorsOf(db, userId)).length === 0) return
  throw new AppError('forbidden', 'auth.second_factor_required', 'Prove who you are by your second factor.')
}
