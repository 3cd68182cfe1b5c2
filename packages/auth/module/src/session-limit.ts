import type { Tx } from '@lightpress/kernel'
import { and, desc, eq, isNull, ne } from 'drizzle-orm'
import { record } from './audit.ts'
import type { AuthContext } from './context.ts'
import type { Revoked } from './revocations.ts'
import { session } from './schema.ts'
import { endOneSession } from './sessions.ts'

/** Far more than anybody has devices: whoever knows the password must not have us keep sessions without end. */
const SESSIONS = 100

/**
 * Makes room for the session that a person has just begun: of more than a hundred, the ones used longest ago end. The
 * caller holds the account, so that of many at once none counts before the other. What this answers is for `revoke`.
 */
export async function endSurplusOf(
  tx: Tx,
  { userId, newest }: { userId: string; newest: string },
  ctx: AuthContext,
): Promise<Revoked[]> {
  const surplus = await tx
    .select({ sessionId: session.id, organizationId: session.organizationId })
    .from(session)
    .where(
      and(
        eq(session.userId, userId),
        isNull(session.endedAt),
        // Operators act as somebody for an hour: that takes nothing from the person.
        isNull(session.impersonatorId),
        ne(session.id, newest),
      ),
    )
    .orderBy(desc(session.lastUsedAt), desc(session.id))
    .offset(SESSIONS - 1)
  const ended: Revoked[] = []
  for (const { sessionId, organizationId } of surplus) {
    const revoked = await endOneSession(tx, sessionId)
    if (revoked === null) continue
    await record(tx, { action: 'session_ended', userId, actorId: null, organizationId, sessionId }, ctx)
    ended.push(...revoked)
  }
  return ended
}
