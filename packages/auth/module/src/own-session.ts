import type { SessionUser, SignedIn } from '@lightpress/auth-contract'
import { identityOf, type RawHttp } from '@lightpress/kernel'
import { and, eq } from 'drizzle-orm'
import type { AuthContext } from './context.ts'
import { answerWith, modeOf } from './cookies.ts'
import { isOpen, wasRefreshedLately } from './open-sessions.ts'
import { readOwnAccount, type Account } from './own-account.ts'
import { session } from './schema.ts'
import { readSessionUser } from './session-user.ts'
import { grantAccess, refreshFirst, sessionEnded, type SessionFacts } from './sessions.ts'

/** The session of whoever is signed in, with all that a new access token for it says. */
export interface OwnSession {
  account: Account
  user: SessionUser
  facts: SessionFacts
  /** See `wasRefreshedLately`. */
  refreshed: boolean
}

/** The role is read after the version that must still hold, so a token is not newer than its role. */
export async function readOwnSession(ctx: AuthContext): Promise<OwnSession> {
  const { userId, sessionId } = identityOf(ctx)
  const account = await readOwnAccount(ctx)
  const [open] = await ctx.db
    .select({ session, refreshed: wasRefreshedLately() })
    .from(session)
    .where(and(eq(session.id, sessionId), isOpen()))
  if (!open) throw sessionEnded()
  // The organisation that it is in now: its token may be older.
  const user = await readSessionUser({ userId, organizationId: open.session.organizationId }, ctx)
  if (!user) throw sessionEnded()
  const { authenticatedAt, impersonatorId } = open.session
  return { account, user, facts: { sessionId, authenticatedAt, impersonatorId }, refreshed: open.refreshed }
}

/** Answers a new access token. The refresh token that the caller holds stays good. */
export async function renewAccess(
  { account, user, facts, refreshed }: OwnSession,
  { request, reply }: Pick<RawHttp, 'request' | 'reply'>,
  ctx: AuthContext,
): Promise<SignedIn> {
  if (!refreshed) throw refreshFirst()
  const granted = await grantAccess({ session: facts, sessionVersion: account.sessionVersion, user }, ctx)
  return answerWith(granted, { mode: modeOf(request), reply, publicUrl: ctx.publicUrl })
}
