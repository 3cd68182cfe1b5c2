import type { SessionUser, SignedIn } from '@lightpress/auth-contract'
import { newId, type Tx } from '@lightpress/kernel'
import { AppError } from '@lightpress/protocol'
import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import { issueAccessToken } from './access-tokens.ts'
import type { AuthContext } from './context.ts'
import { holdAccount } from './hold-account.ts'
import { closeImpersonationsBy } from './impersonated-sessions.ts'
import type { Revoked } from './revocations.ts'
import { expiryOf } from './rotation.ts'
import { account, refreshToken, session } from './schema.ts'
import { hashOf, randomSecret } from './secrets.ts'

/** What access tokens say of the session that they are for. */
export interface SessionFacts {
  sessionId: string
  authenticatedAt: Date
  impersonatorId: string | null
}

export interface Opened extends SessionFacts {
  refreshToken: string
}

/** Whose session it is, and with `impersonatorId` which operator's, who acts as them until `endsAt`. */
interface NewSession {
  /** Where it must be known before. */
  id?: string
  userId: string
  organizationId: string | null
  impersonatorId?: string
  endsAt?: Date
  /** Now, unless it is said. */
  authenticatedAt?: Date
}

/** Begins a session and its family of refresh tokens. Whoever is not signed in yet comes by `admit`. */
export async function openSession(tx: Tx, about: NewSession, { request }: AuthContext): Promise<Opened> {
  const token = randomSecret()
  const { ip, userAgent } = request
  const [begun] = await tx
    .insert(session)
    .values({ id: newId(), ip, userAgent, ...about })
    .returning()
  const { id: sessionId, createdAt, endsAt, authenticatedAt, impersonatorId } = begun as typeof session.$inferSelect
  const expiresAt = expiryOf({ begunAt: createdAt, endsAt }, createdAt)
  await tx.insert(refreshToken).values({ hash: hashOf(token), sessionId, expiresAt })
  return { sessionId, authenticatedAt, impersonatorId, refreshToken: token }
}

/**
 * Ends one session; null where it was ended before. With it end those in which its person, an operator, acts as somebody
 * else: in which of theirs they began that is not known. What this answers is for `revoke`.
 */
export async function endOneSession(tx: Tx, sessionId: string): Promise<Revoked[] | null> {
  const [ended] = await tx
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(and(eq(session.id, sessionId), isNull(session.endedAt)))
    .returning({ userId: session.userId })
  return ended ? [{ sessionId }, ...(await closeImpersonationsBy(tx, ended.userId))] : null
}

/**
 * Ends all sessions of a person and says how many were open. They end by a new version, which also refuses a sign-in
 * that is under way. With them end those in which the person, an operator, acts as somebody else: they have other
 * versions. What this answers as `revoked` is for `revoke`.
 */
export async function endSessionsOf(tx: Tx, userId: string): Promise<Ended> {
  // Before the sessions are looked for: a sign-in holds the account until its session can be seen.
  const revoked = await raiseVersion(tx, userId)
  const ended = await closeSessionsOf(tx, userId, {})
  return { ended: ended.length, revoked: [...revoked, ...(await closeImpersonationsBy(tx, userId))] }
}

/**
 * The same for all but one. The version stays, because with it the access token of the one that stays would go, too; so
 * a sign-in under way counts as a later one.
 */
export async function endOtherSessionsOf(tx: Tx, userId: string, { except }: { except: string }): Promise<Ended> {
  await holdAccount(tx, userId)
  const ended = await closeSessionsOf(tx, userId, { except })
  return { ended: ended.length, revoked: [...ended, ...(await closeImpersonationsBy(tx, userId))] }
}

interface Ended {
  ended: number
  revoked: Revoked[]
}

/** Ends all sessions of a person, or all but one, and says which. Their access tokens are refused from the `revoke` on. */
export async function closeSessionsOf(
  tx: Tx,
  userId: string,
  { except }: { except?: string },
): Promise<{ sessionId: string }[]> {
  return tx
    .update(session)
    .set({ endedAt: sql`now()` })
    .where(
      and(
        eq(session.userId, userId),
        isNull(session.endedAt),
        except === undefined ? undefined : ne(session.id, except),
      ),
    )
    .returning({ sessionId: session.id })
}

/** From the `revoke` of what it gives on, every access token that a person holds must be renewed. */
export async function raiseVersion(tx: Tx, userId: string): Promise<Revoked[]> {
  return tx
    .update(account)
    .set({ sessionVersion: sql`${account.sessionVersion} + 1` })
    .where(eq(account.userId, userId))
    .returning({ userId: account.userId, minimumVersion: account.sessionVersion })
}

/** What a session entitles to for the next five minutes. */
export async function grantAccess(
  { session, sessionVersion, user }: { session: SessionFacts; sessionVersion: number; user: SessionUser },
  ctx: AuthContext,
): Promise<SignedIn> {
  const { id: userId, organizationId, role, operator } = user
  const { sessionId, impersonatorId } = session
  const authenticatedAt = Math.floor(session.authenticatedAt.getTime() / 1000)
  const identity = {
    userId,
    sessionId,
    sessionVersion,
    organizationId,
    role,
    operator,
    authenticatedAt,
    impersonatorId,
  }
  return { ...(await issueAccessToken(identity, ctx)), user }
}

export function sessionEnded(): AppError {
  return new AppError('unauthenticated', 'request.session_ended', 'This session was ended. Sign in again.')
}

/** For whoever asks for another access token by one, on which clients refresh and ask again: see `wasRefreshedLately`. */
export function refreshFirst(): AppError {
  return new AppError('unauthenticated', 'request.token_invalid', 'Refresh the access token and ask again.')
}
